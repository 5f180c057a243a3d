"""Decides which column is the identifier, the time and the group, and which columns cannot be features."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from modelyard.scaffold.profile.model import Role
from modelyard.scaffold.profile.names import split
from modelyard.scaffold.profile.read import Facts
from modelyard.scaffold.profile.vocabulary import ACTORS, BIRTH, ENTITIES, ID_WORDS, PERIODS, TIME_WORDS

FEWEST_DAYS = 10
FEWEST_GROUPS = 3  # one for each part
FEWEST_FOLLOWED, ROWS_FOLLOWED = 20, 3  # entities of a panel, and rows of each
_ROW_NUMBERS = frozenset({"", "index", "x", "row", "rownames", "rownum", "rownumber", "unnamed0", "level0"})


_NAMELESS = frozenset({"", "unnamed0"})


@dataclass(frozen=True)
class Decided:
    """A column's role and why."""

    role: Role
    reason: str
    note: str = ""


def identifier(columns: Sequence[Facts], values: pl.DataFrame) -> tuple[Facts, str] | None:
    """Return the column that identifies rows, if there is one: all values differ, and it looks like a key."""
    keys = [c for c in columns if c.unique and c.rows >= 20 and c.type in ("integer", "string")]
    keys = [c for c in keys if not is_row_number(c) and _key_like(c, values[c.key])]
    named = sorted(keys, key=lambda c: not _called_id(c.name))
    return (named[0], "every row has its own value") if named else None


def is_row_number(facts: Facts) -> bool:
    """Say whether the column only counts rows, as exports of data frames do."""
    name = "".join(split(facts.name))
    if name not in _ROW_NUMBERS or facts.type != "integer" or not facts.unique:
        return False
    if name in _NAMELESS:  # also where rows were taken out since they were numbered
        return True
    return facts.maximum - facts.minimum + 1 == facts.rows  # ty: ignore[unsupported-operator]


def _called_id(name: str, words: Collection[str] = ID_WORDS) -> bool:
    found = split(name)
    if not found:
        return False
    joined = "".join(found)
    return found[-1] in words or found[0] in {"id", "uuid"} or (joined[-2:] == "id" and joined[:-2] in ENTITIES)


def _key_like(facts: Facts, values: pl.Series) -> bool:
    if _called_id(facts.name):
        return True
    if set(split(facts.name)) & {*PERIODS, *TIME_WORDS}:  # years and days differ in every row of a series
        return False
    if facts.type == "integer":
        dense = facts.maximum - facts.minimum + 1 == facts.rows  # ty: ignore[unsupported-operator]
        return dense and values.is_sorted()
    lengths = values.str.len_chars()
    return bool(lengths.min() == lengths.max() and not values.str.contains(r"\s").any()) and lengths[0] >= 4


def group(columns: Sequence[Facts], values: pl.DataFrame) -> tuple[Facts, str] | None:
    """Return the column that names an entity with several rows, if there is one."""
    able = [c for c in columns if c.type in ("integer", "string") and _repeats(c)]
    found = [c for c in able if _entity(c.name)]
    if not found:
        return _panel(columns, able, values)
    first = min(found, key=lambda c: (not _acts(c.name), -c.distinct))
    return first, f"names {first.distinct:,} entities with {first.present / first.distinct:.3g} rows each"


def _panel(columns: Sequence[Facts], able: Sequence[Facts], values: pl.DataFrame) -> tuple[Facts, str] | None:
    """Return the column that, with a year or another period, names each row once: who was followed over time."""
    periods = [c for c in columns if c.type == "integer" and set(split(c.name)) & set(PERIODS)]
    for who in sorted((c for c in able if c not in periods), key=lambda c: c.distinct):
        for when in periods:
            if who is when or values.height < who.rows or who.missing or when.missing:
                continue
            followed = FEWEST_FOLLOWED <= who.distinct <= who.rows / ROWS_FOLLOWED
            if followed and values.select(who.key, when.key).n_unique() == who.rows:
                each = who.rows / who.distinct
                return who, f"followed over {when.name!r}: {who.distinct:,} of them with {each:.3g} rows each"
    return None


def _acts(name: str) -> bool:
    found = split(name)
    return bool(set(found) & set(ACTORS)) or any("".join(found) == f"{actor}id" for actor in ACTORS)


def _entity(name: str) -> bool:
    return _called_id(name, ("id", "ids", "uuid", "guid")) or "".join(split(name)) in ENTITIES


def _repeats(facts: Facts) -> bool:
    if facts.distinct < 10 or facts.missing > 0.05 * facts.rows:
        return False
    return 1.01 <= facts.present / facts.distinct <= max(200.0, facts.present / 50)


def time(columns: Sequence[Facts], values: pl.DataFrame) -> tuple[Facts, str] | None:
    """Return the column that says when a row happened, if there is one."""
    found = [
        c
        for c in columns
        if c.temporal and c.missing <= 0.01 * c.rows and not set(split(c.name)) & set(BIRTH) and days(c, values) >= 3
    ]
    if not found:
        return None
    # of equals, the earliest: later times tell what came of the row
    ordered = sorted(found, key=lambda c: (not values[c.key].is_sorted(), _time_rank(c.name), _middle(values[c.key])))
    others = "" if len(found) == 1 else f"; chosen among {', '.join(repr(c.name) for c in found)}"
    return ordered[0], f"says when the row happened{others}"


def _middle(values: pl.Series) -> int:
    return int(values.cast(pl.Datetime("us")).cast(pl.Int64).median() or 0)  # ty: ignore[invalid-argument-type]


def _time_rank(name: str) -> int:
    ranks = [TIME_WORDS.index(word) for word in split(name) if word in TIME_WORDS]
    return min(ranks, default=len(TIME_WORDS))


def days(facts: Facts, values: pl.DataFrame) -> int:
    """Count the days that a time column spans with rows in them."""
    return values[facts.key].drop_nulls().cast(pl.Date).n_unique()


def is_text(facts: Facts, values: pl.Series) -> bool:
    """Say whether a string column holds prose: several words, and hardly a text twice."""
    if facts.type != "string" or facts.distinct < 10:
        return False
    sample = values.drop_nulls().head(5_000)
    words, length = sample.str.count_matches(r"\s+").mean(), sample.str.len_chars().mean()
    varied = facts.distinct > 0.3 * facts.present
    return varied and words is not None and (words >= 3 or (length >= 60 and words >= 1))  # ty: ignore


def unusable(facts: Facts, *, text: bool) -> str | None:
    """Return why a column can be no feature, or None."""
    different = f"{facts.distinct:,} different texts in {facts.present:,} rows"
    string = facts.type == "string" and not text
    reasons = {
        "every value is missing": facts.present == 0,
        "constant: one value in every row": facts.distinct == 1 and facts.missing == 0,
        "a row number": is_row_number(facts),
        "every row has its own value": string and facts.unique,
        f"near-unique: {different}": string and facts.distinct > max(50, 0.5 * facts.present),
        "another identifier: every row has its own value": (
            facts.unique and facts.type == "integer" and _called_id(facts.name)
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
