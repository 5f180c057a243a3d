"""What the engine is told about the policy pack: where it lies, and what the platform's configuration excuses."""

from pathlib import Path
from typing import Any

from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.words import EnvName
from modelyard.infra.policy.table import table

PACK = Path(__file__).parent / "pack"


def pack_config(platform: Platform, env: EnvName) -> dict[str, dict[str, Any]]:
    """Return the pack's configuration (the JSON of `--policy-pack-config`): each policy with its exceptions."""
    from modelyard.infra.policy.crossguard import levels, policy_name

    found: dict[str, dict[str, Any]] = {}
    for row in table():
        mine = [one for one in platform.exceptions if one.control in row.ids and env in (one.environments or (env,))]
        for level in levels(row) if mine and not row.never else ():
            given = [{"resource": o.resource, "reason": o.reason, "until": o.until.isoformat()} for o in mine]
            found[policy_name(row, level)] = {"exceptions": given}
    return found
