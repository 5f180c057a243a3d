"""Sorts the columns into their roles, and describes each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from modelyard.errors import RequestError
from modelyard.scaffold.profile import roles
from modelyard.scaffold.profile.model import ColumnProfile, Overrides, Role
from modelyard.scaffold.profile.personal import personal
from modelyard.scaffold.profile.read import Facts, Reading, iso
from modelyard.scaffold.profile.roles import Decided

_Finder = Callable[[Sequence[Facts], pl.DataFrame], tuple[Facts, str] | None]

MOST_CATEGORIES = 50
ROWS_PER_CATEGORY = 5
LONGEST_CATEGORY = 200  # characters; longer ones make no list that a person would read


@dataclass(frozen=True)
class Sorting:
    """What each column is for, and what it looks like beyond its type."""

    decided: Mapping[str, Decided]
    personal: Mapping[str, str]
    text: frozenset[str]

    def only(self, role: str) -> str | None:
        """Return the column with `role`, where only one can have it."""
        return next((name for name, one in self.decided.items() if one.role == role), None)

    def features(self, columns: Sequence[Facts]) -> list[Facts]:
        """Return the features."""
        return [c for c in columns if self.decided[c.name].role == "feature"]


def sort(reading: Reading, target: Facts, chosen: Overrides) -> Sorting:
    """Give each column its role; what the user named wins.

    Raises:
        RequestError: An identifier, time or group that was named looks like personal data.
    """
    others = [c for c in reading.facts if c is not target]
    kept = set(chosen.keep_personal)
    looks = {c.name: personal(c, reading.values(c)) for c in others if c.name not in kept}
    private = {name: what for name, what in looks.items() if what is not None}
    _refuse_private(private, chosen)
    text = frozenset(c.name for c in others if c.name not in private and roles.is_text(c, reading.values(c)))
    decided = {target.name: Decided("target", "to be predicted")} | _parts(reading, others, private, chosen)
    for column in others:
        if column.name not in decided:
            decided[column.name] = _rest(column, private, kept, text=column.name in text)
    return Sorting(decided, private, text)


def describe(reading: Reading, sorting: Sorting, classes: Sequence[str] | None) -> list[ColumnProfile]:
    """Return the profile of each column; `classes` are the target's, where it has some."""
    listed = [c for c in reading.facts if _is_category(c) and c.name not in {*sorting.personal, *sorting.text}]
    found = reading.categories(listed)
    categories = {name: c for name, c in found.items() if max(map(len, c)) <= LONGEST_CATEGORY}
    target = sorting.only("target")
    if classes is not None and target is not None:
        categories[target] = list(classes)
    return [_describe(c, sorting, categories.get(c.name)) for c in reading.facts]


def _describe(facts: Facts, sorting: Sorting, categories: list[str] | None) -> ColumnProfile:
    decided = sorting.decided[facts.name]
    private = facts.name in sorting.personal
    return ColumnProfile(
        name=facts.name,
        type=facts.type,
        format=facts.format,
        role=decided.role,
        reason=decided.reason,
        missing=facts.missing,
        distinct=facts.distinct,
        minimum=None if private else iso(facts.minimum),
        maximum=None if private else iso(facts.maximum),
        categories=None if private else categories,
        unique=facts.unique,
        strays=facts.strays,
        personal=private,
        text=facts.name in sorting.text,
        note=decided.note or facts.note,
    )


def _is_category(facts: Facts) -> bool:
    few = facts.distinct <= MOST_CATEGORIES and facts.distinct * ROWS_PER_CATEGORY <= facts.present
    return facts.type == "string" and facts.present > 0 and few


def _refuse_private(private: Mapping[str, str], chosen: Overrides) -> None:
    for option in ("id", "time", "group"):
        name = getattr(chosen, option)
        if name in private:
            raise RequestError(
                f"--{option} {name!r} looks like personal data ({private[name]}), kept out of projects.",
                f"Add --keep-personal to keep it, or leave --{option} out.",
                code="personal_column",
            )


def _parts(
    reading: Reading, others: Sequence[Facts], private: Mapping[str, str], chosen: Overrides
) -> dict[str, Decided]:
    """Find identifier, time and group, in that order: a column has one part."""
    finders: dict[Role, _Finder] = {"id": roles.identifier, "time": roles.time, "group": roles.group}
    named: dict[Role, str | None] = {role: getattr(chosen, role) for role in finders}
    found = {name: Decided(role, f"given by --{role}") for role, name in named.items() if name is not None}
    for role, finder in finders.items():
        if named[role] is not None:
            continue
        free = [c for c in others if c.name not in private and c.name not in found and c.distinct > 1]
        inferred = finder(free, reading.frame)
        if inferred is not None:
            found[inferred[0].name] = Decided(role, inferred[1])
    return found


def _rest(column: Facts, private: Mapping[str, str], kept: set[str], *, text: bool) -> Decided:
    if column.name in private:
        return Decided("ignored", f"personal data: looks like {private[column.name]}")
    why = roles.unusable(column, text=text)
    if why is not None and not (column.name in kept and column.distinct > 1):
        return Decided("ignored", f"{why}; {column.note}" if column.note and column.present else why)
    return Decided("feature", _what(column, text=text))


def _what(column: Facts, *, text: bool) -> str:
    if text:
        return "free text: described by its length, words and characters"
    if column.type == "string":
        return f"{column.distinct:,} categories"
    if column.type == "boolean":
        return "true or false"
    return "dates: their parts are used" if column.temporal else "numbers"
