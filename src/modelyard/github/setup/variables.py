"""The repository variables that workflows read: where each environment is, and as whom they may enter it."""

from modelyard.github.failures import RefusedError
from modelyard.github.setup.outputs import NAMES, Values
from modelyard.github.setup.steps import Step, change, later, nothing
from modelyard.github.setup.target import Target

NEEDS = "Variables: write"


def steps(target: Target, found: dict[str, Values]) -> list[Step]:
    """Return the steps for each environment's values; what an environment that is gone has left is removed."""
    entries = target.entries("variables", "Variables: read", "actions", "variables", item="variables")
    now = {str(entry["name"]): str(entry["value"]) for entry in entries}
    return [step for env, values in found.items() for step in _of(target, env, values, now)]


def _of(target: Target, env: str, values: Values, now: dict[str, str]) -> list[Step]:
    known = {f"MODELYARD_{name}_{env.upper()}": values.found.get(name) for name in NAMES}
    planned = [_step(target, name, value, now.get(name), settled=values.settled) for name, value in known.items()]
    waiting = [later("variables", env, values.missing)] if values.missing else []
    return [*(step for step in planned if step is not None), *waiting]


def _step(target: Target, name: str, value: str | None, now: str | None, *, settled: bool) -> Step | None:
    if value is None:
        remove = settled and now is not None
        return change("variable", name, "delete", lambda: _remove(target, name)) if remove else None
    if now == value:
        return nothing("variable", name, value)
    if now is None:
        return change("variable", name, "create", lambda: _make(target, name, value), value)
    return change("variable", name, "update", lambda: _set(target, name, value), value)


def _make(target: Target, name: str, value: str) -> None:
    body = {"name": name, "value": value}
    try:
        target.connection.post(target.path("actions", "variables"), body, _what(target, name), NEEDS)
    except RefusedError as refused:
        if refused.status != 409:  # somebody was faster
            raise
        _set(target, name, value)


def _set(target: Target, name: str, value: str) -> None:
    body = {"name": name, "value": value}
    target.connection.patch(target.path("actions", "variables", name), body, _what(target, name), NEEDS)


def _remove(target: Target, name: str) -> None:
    target.connection.delete(target.path("actions", "variables", name), _what(target, name), NEEDS)


def _what(target: Target, name: str) -> str:
    return f"set variable {name} of {target.name}"
