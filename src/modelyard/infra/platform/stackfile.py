"""Writes `Pulumi.STACK.yaml` from the platform's configuration, so that plain `pulumi up` works in a stack's folder."""

import json
from pathlib import Path
from typing import Any

import yaml

from modelyard.infra.platform import layers
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.words import EnvName


def config(stage: layers.Stage, program: str) -> dict[str, Any]:
    """Return the config of a stack by namespaced key; defaults are written out, absent values are left out."""
    values = stage.model_dump(mode="json", exclude_none=True, exclude={"placeholders"})
    ours = {f"{program}:{name}": value for name, value in values.items()}
    return {"aws:region": stage.region, "aws:allowedAccountIds": [stage.account], **ours}


def flat(config: dict[str, Any]) -> dict[str, str]:
    """Return the config as the engine hands it to a program: every value is text, structures are JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def write(folder: Path, platform: Platform, env: EnvName, layer: str, project: str | None = None) -> Path:
    """Write the file of one stack into its program's folder, keeping what Pulumi itself put there.

    The secrets provider and encryption key of a stack live in the same file and must survive.
    """
    path = folder / f"Pulumi.{layers.stack_name(layer, platform, env, project)}.yaml"
    kept = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    new = config(layers.stage(layer, platform, env, project), layers.program_name(layer))
    document = {**{key: value for key, value in (kept or {}).items() if key != "config"}, "config": new}
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
    return path
