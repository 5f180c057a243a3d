"""Whether a challenger accepts every request that the champion accepts: one request must suit both."""

from collections.abc import Callable, Iterator
from pathlib import Path

from modelyard.bundle.served import read
from modelyard.data import contract as contracts
from modelyard.data.contract import Column, Rule
from modelyard.serving.fields import Field, fields
from modelyard.serving.limits import forbids_null
from modelyard.serving.version import CONTRACT


def incompatibilities(champion: Path, challenger: Path) -> list[str]:
    """Return why the contract of one bundle refuses requests that the other's accepts; empty when it does not.

    Raises:
        RequestError: A contract cannot be read.
        OutcomeError: A bundle cannot be read.
    """
    old, new = _requests(champion), _requests(challenger)
    found = [f"{name!r} is new and must be given" for name in new.keys() - old.keys() if new[name].needed]
    found += [f"{name!r} is not accepted any more" for name in old.keys() - new.keys()]
    for name in old.keys() & new.keys():
        found += [f"{name!r} {problem}" for problem in _differences(old[name].column, new[name].column)]
    return sorted(found)


def newly_needed(champion: Path, challenger: Path) -> list[str]:
    """Return the columns of the contract that requests could leave out so far, and that the challenger reads."""
    old, new = _requests(champion), _requests(challenger)
    return sorted(name for name in old.keys() & new.keys() if new[name].needed and not old[name].needed)


def _requests(folder: Path) -> dict[str, Field]:
    known = fields(contracts.load(folder / CONTRACT), read(folder))
    return {field.column.name: field for field in known}


def _differences(old: Column, new: Column) -> Iterator[str]:
    if (old.type, old.format) != (new.type, new.format) and (old.type, new.type) != ("integer", "number"):
        yield f"was {_kind(old)} and is {_kind(new)}"
        return
    if forbids_null(new) and not forbids_null(old):
        yield "may not be null any more"
    for rule in new.rules:
        if rule.severity == "error" and rule.kind in _STRICTER and not _kept(rule, old):
            yield f"must follow a rule that is new or stricter: {rule.kind} {rule.value}"


def _kept(rule: Rule, old: Column) -> bool:
    """Say whether the champion's contract refuses at least what this rule refuses."""
    same = [known for known in old.rules if known.kind == rule.kind and known.severity == "error"]
    return any(known.value == rule.value or _refuses_more(known, rule) for known in same)


def _refuses_more(known: Rule, rule: Rule) -> bool:
    try:
        return _STRICTER[rule.kind](known.value, rule.value)
    except TypeError:  # a number and a date
        return False


_STRICTER: dict[str, Callable[..., bool]] = {
    "minimum": lambda known, now: known >= now,
    "maximum": lambda known, now: known <= now,
    "min_length": lambda known, now: known >= now,
    "max_length": lambda known, now: known <= now,
    "allowed": lambda known, now: set(known) <= set(now),
    "pattern": lambda _, __: False,
}


def _kind(column: Column) -> str:
    return f"{column.type} ({column.format})" if column.format else column.type
