"""Reads moments from text, by one format or by ISO 8601 in any of its usual forms, and writes them."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from modelyard.data.types.epochs import epoch
from modelyard.data.types.kinds import plainly

_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_TIMES = ("%H:%M:%S", "%H:%M:%S%.f", "%H:%M", "%H:%M:%S%.f%#z", "%H:%M%#z")


def moments(text: pl.Expr, pattern: str) -> pl.Expr:
    """Read microseconds; a moment with an offset is moved to UTC, and its zone dropped."""
    if "%z" in pattern or "%#z" in pattern or "%:z" in pattern:
        zoned = text.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False)
        return zoned.dt.replace_time_zone(None)
    return text.str.to_datetime(pattern, time_unit="us", strict=False)


def iso_moments(text: pl.Expr) -> pl.Expr:
    """Read ISO 8601: a date with or without a time, after a blank or a T, with or without an offset."""
    return text.map_batches(_read_all, return_dtype=pl.Datetime("us"), is_elementwise=True)


def _read_all(text: pl.Series) -> pl.Series:
    """Try one form after the other, each on what the ones before could not read."""
    text = plainly(text)
    found = pl.repeat(None, len(text), dtype=pl.Datetime("us"), eager=True)
    left = text.is_not_null().arg_true()
    for pattern in _patterns(text):
        if left.is_empty():
            break
        read = text.gather(left).to_frame().select(moments(pl.col("value"), pattern)).to_series()
        found = found.scatter(left, read)
        left = left.filter(read.is_null())
    return found


def _patterns(text: pl.Series) -> Iterator[str]:
    """Yield the forms, those with the first value's mark between date and time first."""
    first = text.drop_nulls().head(1).str.extract(rf"^{_DATE}([Tt ])", 1).to_list()
    marks = sorted("tT ", key=lambda mark: mark not in first)
    for mark in marks:
        yield from (f"%Y-%m-%d{mark}{time}" for time in _TIMES)
        if mark == marks[0]:
            yield "%Y-%m-%d"


def written(moment: dt.date, format: str) -> str | int:  # noqa: A002 - the contract's own word
    """Write a naive UTC moment as a table or a request in this format has it."""
    unit = epoch(format)
    if unit is not None and isinstance(moment, dt.datetime):
        return unit.number(moment)
    # strftime has no counterpart of chrono's %.f, %#z and %:z, and says nothing of a zone where there is none
    return moment.strftime(
        format.replace("%.f", ".%f").replace("%#z", "Z").replace("%:z", "+00:00").replace("%z", "+0000")
    )
