"""The time column as whole days, which time splits never cut."""

import datetime as dt

import polars as pl

from modelyard.data.split.record import required
from modelyard.errors import RequestError


def days(frame: pl.DataFrame, column: str) -> pl.Series:
    """Return the day of each row (Date); an integer column, such as a year, counts as its own unit (Int64).

    Raises:
        RequestError: The column is absent, or no time.
    """
    values = required(frame, column, "time")
    if isinstance(values.dtype, pl.Date | pl.Datetime | pl.Null):
        return values.cast(pl.Date)
    if values.dtype.is_integer():
        return values.cast(pl.Int64)
    raise RequestError(
        f"Column {column!r} is {values.dtype}, not a date or timestamp, so it cannot order a split.",
        "Correct its type in contract.yaml, or set split.by to hash.",
        code="no_time",
    )


def written(day: dt.date | int) -> str:
    """Return a cutoff as it is recorded."""
    return day.isoformat() if isinstance(day, dt.date) else str(day)


def from_text(text: str, kind: pl.DataType) -> dt.date | int:
    """Return a recorded cutoff as a value of the column.

    Raises:
        RequestError: The column held moments then and numbers now, or the other way round.
    """
    try:
        return dt.date.fromisoformat(text) if kind == pl.Date else int(text)
    except ValueError as error:
        now = "dates" if kind == pl.Date else "numbers"
        raise RequestError(
            f"The rows of an earlier model were divided at {text!r}, but their time column holds {now} now.",
            f"Let it keep its type, and give the {now} a column of another name.",
            code="retyped_time",
        ) from error
