"""Finds columns of numbers that are moments: the name says time, and every value is a plausible one in one unit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from modelyard.data.types import EPOCHS, Epoch
from modelyard.scaffold.profile.names import split
from modelyard.scaffold.profile.vocabulary import COUNTED, ID_WORDS, MOMENT_WORDS, SPANS, TIMES, UNITS

_FROM, _TO = 631_152_000, 2_208_988_800  # 1990 and 2040, in seconds since 1970
_ENDS = ("at", "on", "since", "until")
_COUNTS = ("count", "num", "number", "total")
_HEAD = 1_000  # rows in which most columns show that they hold something else

Collect = Callable[[pl.LazyFrame], pl.DataFrame]


@dataclass(frozen=True)
class Numbers:
    """A column of numbers: its name, its values, and the same as whole numbers, null where a value is none."""

    name: str
    values: pl.Expr
    whole: pl.Expr


@dataclass(frozen=True)
class _Figures:
    """What whole numbers are like: `varied` with three or more of them, `broken` where a value is none."""

    least: int | None
    most: int | None
    varied: bool
    broken: bool
    calendar: bool


def says_moment(name: str) -> bool:
    """Say whether a name is that of a moment, and not of a span of time, a count or an identifier."""
    words = split(name)
    if not words or words[-1] in {*ID_WORDS, *COUNTED} or words[0] in _COUNTS:
        return False
    if set(words) & set(MOMENT_WORDS) or (len(words) > 1 and words[-1] in _ENDS):
        return True
    return bool(set(words) & set(TIMES)) and not set(words) & set(SPANS)


def plausible(name: str, least: object, most: object) -> Epoch | None:
    """Return the unit in which both are moments from 1990 to 2040; None also where the name says another unit."""
    if not isinstance(least, int) or not isinstance(most, int):
        return None
    units = (each for each in EPOCHS if _FROM * each.per_second <= least <= most < _TO * each.per_second)
    found, said = next(units, None), {UNITS[word] for word in split(name)[-1:] if word in UNITS}
    return found if found is None or not said or found.format in said else None


def epochs(rows: pl.LazyFrame, columns: Mapping[str, Numbers], collect: Collect) -> dict[str, Epoch]:
    """Return the units of those columns that hold moments, by the keys of `columns`; `collect` runs a query."""
    if not columns:
        return {}
    head = _figures(rows.head(_HEAD), columns, collect)
    left = {key: each for key, each in columns.items() if _empty(head[key]) or _unit(each, head[key]) is not None}
    figures = _figures(rows, left, collect) if left else {}
    units = {key: _unit(each, figures[key]) for key, each in left.items() if figures[key].varied}
    return {key: each for key, each in units.items() if each is not None}


def _empty(figures: _Figures) -> bool:
    return figures.most is None and not figures.broken


def _unit(numbers: Numbers, figures: _Figures) -> Epoch | None:
    return None if figures.broken or figures.calendar else plausible(numbers.name, figures.least, figures.most)


def _figures(rows: pl.LazyFrame, columns: Mapping[str, Numbers], collect: Collect) -> dict[str, _Figures]:
    whole = [numbers.whole.alias(key) for key, numbers in columns.items()]
    broken = [(n.values.is_not_null() & n.whole.is_null()).alias(f"{key} broken") for key, n in columns.items()]
    looks = [look.alias(f"{key} {place}") for key in columns for place, look in enumerate(_looks(key))]
    found = collect(rows.select(*whole, *broken).select(looks)).row(0, named=True)
    return {key: _Figures(*(found[f"{key} {place}"] for place in range(len(_looks(key))))) for key in columns}


def _looks(key: str) -> Sequence[pl.Expr]:
    """Return the aggregates in the order of `_Figures`."""
    whole = pl.col(key)
    least, most = whole.min(), whole.max()
    varied = ((whole > least) & (whole < most)).any()
    return least, most, varied, pl.col(f"{key} broken").any(), _calendar(whole).all()


def _calendar(whole: pl.Expr) -> pl.Expr:
    """Say whether ten digits are written like 2031013112 or 1501311259: both would pass for seconds."""
    by_hour = _within(whole, 10_000, 1, 12) & _within(whole, 100, 1, 31) & _within(whole, 1, 0, 23)
    by_minute = _within(whole, 1_000_000, 1, 12) & _within(whole, 10_000, 1, 31) & _within(whole, 100, 0, 23)
    return (by_hour & whole.is_between(1_990_000_000, 2_040_999_999)) | (by_minute & _within(whole, 1, 0, 59))


def _within(whole: pl.Expr, place: int, low: int, high: int) -> pl.Expr:
    return (whole // place % 100).is_between(low, high)
