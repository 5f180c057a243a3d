"""Reads dates and timestamps of requests exactly as the contract's own parser does, the usual form faster."""

import datetime as dt
import re
from collections.abc import Callable

import polars as pl

from modelyard.data.types import Epoch, LogicalType
from modelyard.data.types.parse import is_missing, parse_text

Moment = dt.date | dt.datetime

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DIGITS = re.compile(r"[0-9]{1,18}")
_SPACED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def reader(kind: LogicalType, format: str | None) -> Callable[[str], Moment | None]:  # noqa: A002
    """Return the function that reads text as `kind`; it gives None for what is no such moment."""

    def by_contract(text: str) -> Moment | None:
        return _parsed(text, kind, format)

    if kind == "date" and format in {None, "%Y-%m-%d"}:
        return _first(_day, by_contract)
    if kind == "timestamp" and format is None:
        return _first(_time, by_contract)
    if kind == "timestamp" and format == "%Y-%m-%d %H:%M:%S":
        return _first(_spaced, by_contract)
    return by_contract


def counter(unit: Epoch) -> Callable[[int | float | str], Moment | None]:
    """Return the function that reads what counts time since 1970: a whole number, or text that is one."""

    def by_contract(text: str) -> Moment | None:
        return _parsed(text, "timestamp", unit.format)

    def read(value: int | float | str) -> Moment | None:
        if isinstance(value, str):
            return unit.moment(int(value)) if _DIGITS.fullmatch(value) else by_contract(value)
        whole = isinstance(value, int) or value.is_integer()
        return unit.moment(int(value)) if whole else None

    return read


def _first(fast: Callable[[str], Moment | None], sure: Callable[[str], Moment | None]) -> Callable:
    def read(text: str) -> Moment | None:
        found = fast(text)
        return sure(text) if found is None else found

    return read


def _day(text: str) -> dt.date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> dt.datetime | None:
    return _iso(text) if _TIME.fullmatch(text) else None


def _spaced(text: str) -> dt.datetime | None:
    return _iso(text) if _SPACED.fullmatch(text) else None


def _iso(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text)
        return found if found.tzinfo is None else found.astimezone(dt.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _parsed(text: str, kind: LogicalType, format: str | None) -> Moment | None:  # noqa: A002
    value = pl.col("v").str.strip_chars()
    frame = pl.DataFrame({"v": [text]}, schema={"v": pl.String})
    parsed = pl.when(~is_missing(value)).then(parse_text(value, kind, format=format))
    try:
        found = frame.select(parsed).item()
    except (pl.exceptions.PolarsError, ValueError, OverflowError):  # a year that Python's dates cannot hold
        return None
    return found if isinstance(found, dt.date) else None
