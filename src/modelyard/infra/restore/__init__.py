"""The registry's database from its backup: as a drill beside the running one, or in its place.

Every step looks at what is there before it acts, so a run that was killed goes on with the next one.
"""

import time
from collections.abc import Callable

from modelyard.infra import caller
from modelyard.infra.platform import EnvName, Platform
from modelyard.infra.restore.database import Database
from modelyard.progress import Progress, silent
from modelyard.record import Record

_DRILL = ("find", "backup", "restore", "check", "delete")
_REAL = ("find", "backup", "restore", "check", "set aside", "take its place")


class Step(Record):
    """One step and what came of it."""

    name: str
    seconds: float
    result: str


class Restored(Record):
    """All steps; `database` is the instance that answers now."""

    steps: tuple[Step, ...]
    database: str
    next: tuple[str, ...] = ()


def restore(
    platform: Platform, env: EnvName, *, drill: bool, snapshot: str | None = None, report: Progress = silent
) -> Restored:
    """Restore the newest backup, or the one that is named. A drill deletes its copy again.

    Raises:
        RequestError: There is no database, no backup, or not the one that was named.
        OutsideError: AWS failed; running the same command again goes on.
    """
    region = platform.region_of(env)
    caller.must_be(platform.account_of(env), region)
    database = Database(region, platform.name, env, drill=drill, snapshot=snapshot)
    acts: dict[str, Callable[[], str]] = {
        "find": database.find,
        "backup": database.backup,
        "restore": database.restore,
        "check": database.check,
        "delete": database.delete_copy,
        "set aside": database.set_aside,
        "take its place": database.take_its_place,
    }
    steps = []
    names = _DRILL if drill else _REAL
    for done, name in enumerate(names):
        report("restore", done, len(names))
        began = time.monotonic()
        result = acts[name]()
        steps.append(Step(name=name, seconds=round(time.monotonic() - began, 2), result=result))
    return Restored(steps=tuple(steps), database=database.name, next=() if drill else _after(env))


def _after(env: EnvName) -> tuple[str, ...]:
    up = f"modelyard infra up --env {env} --layer registry"
    return (f"modelyard infra refresh --env {env} --layer registry", up, f"modelyard doctor --env {env}")


__all__ = ["Restored", "Step", "restore"]
