"""Looks for what would stop a platform later: tools, credentials, quotas, versions, the state, GitHub's connection.

Each check says what was found, what is needed and how to mend it. It changes nothing.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

from modelyard.infra.doctor import account, github, quotas, state, support, tools
from modelyard.infra.doctor.check import Check, Diagnosis, guarded
from modelyard.infra.platform import EnvName, Platform
from modelyard.progress import Progress, silent

Looked = Callable[[], Iterable[Check]]


def doctor(
    platform: Platform | None, env: EnvName | None, report: Progress = silent, today: date | None = None
) -> Diagnosis:
    """Check this machine and, where a platform and an environment are given, the account that it is for."""
    looks: dict[str, Looked] = {"tools": tools.look}
    if platform is not None and env is not None:
        looks |= _of_the_platform(platform, env, today or datetime.now(UTC).date())
    found: list[Check] = []
    for done, (what, look) in enumerate(looks.items()):
        report(f"doctor: {what}", done, len(looks))
        if what in _NEED_CREDENTIALS and any(c.name == "credentials" and c.status == "fail" for c in found):
            continue
        found += guarded(what, look)
    return Diagnosis(checks=tuple(found))


_NEED_CREDENTIALS = frozenset({"region", "permissions", "quotas", "state", "github connection", "budget"})


def _of_the_platform(platform: Platform, env: EnvName, today: date) -> dict[str, Looked]:
    home, region = platform.account_of(env), platform.region_of(env)
    return {
        "versions": lambda: support.look(platform, env, today),
        "credentials": lambda: account.identity(home, region),
        "region": lambda: account.region(region),
        "permissions": lambda: account.permissions(region),
        "state": lambda: state.look(platform, env),
        "quotas": lambda: quotas.look(platform, env),
        "github ids": lambda: github.ids(platform),
        "github connection": lambda: github.connection(platform, env),
        "budget": lambda: account.budget(home),
    }


__all__ = ["Check", "Diagnosis", "doctor"]
