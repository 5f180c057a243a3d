"""One source column as matrix columns: the polars expressions that make them."""

from typing import Literal

import polars as pl

from modelyard.record import Record

Kind = Literal["number", "boolean", "date", "timestamp", "category", "text"]

MISSING, UNSEEN, FIRST = 0, 1, 2
"""Codes of a category: missing, unseen or rare, then the vocabulary by falling count."""

LARGEST = 1e30  # leaves room for sums and products in float32
_MICROSECONDS = pl.Datetime("us")


class EncodedColumn(Record):
    """One source column and the matrix columns made of it (`parts`; "" is the value itself)."""

    source: str
    kind: Kind
    parts: tuple[str, ...] = ("",)
    offset: float = 0.0  # subtracted in float64: keeps the digits of 1.7e9 ± 1 that float32 would lose
    vocabulary: tuple[str, ...] = ()  # categories, or the words of a text
    fills: tuple[float, ...] = ()  # per part, for a value that training rows never lacked
    missing: bool = False  # one more column that says whether the value is missing

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Names of the matrix columns after the source's name."""
        words = tuple(f"word {word}" for word in self.vocabulary) if self.kind == "text" else ()
        return self.parts + ("missing",) * self.missing + words


def parts(column: EncodedColumn, name: str, dtype: pl.DataType) -> list[tuple[str, pl.Expr]]:
    """Return the matrix columns of `column` but for its words, computed from the frame's column `name`."""
    value = typed(column.kind, name, dtype)
    missing = [("missing", value.is_null())] * column.missing
    if column.kind == "category":
        return [("", _codes(value, column.vocabulary))]
    if column.kind == "text":
        return [(part, _shape(part, value)) for part in column.parts] + missing
    if column.kind in {"date", "timestamp"}:
        return [(part, _moment(part, value)) for part in column.parts] + missing
    return [("", (value - column.offset).clip(-LARGEST, LARGEST)), *missing]


def typed(kind: Kind, name: str, dtype: pl.DataType) -> pl.Expr:
    """Return column `name` of type `dtype` as its kind needs it; what cannot be read so is null."""
    column = pl.col(name)
    if kind in {"category", "text"}:
        return column.cast(pl.String, strict=False)
    if kind in {"date", "timestamp"}:
        if dtype == pl.String:
            return column.str.to_datetime(strict=False, time_unit="us")
        return column.cast(_MICROSECONDS, strict=False)
    if dtype in (pl.Duration, pl.Time):
        column = column.cast(pl.Int64)
    number = column.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _codes(value: pl.Expr, vocabulary: tuple[str, ...]) -> pl.Expr:
    known = value.cast(pl.Enum(vocabulary), strict=False).to_physical().cast(pl.Int32) + FIRST
    return pl.when(value.is_not_null()).then(known.fill_null(UNSEEN)).otherwise(MISSING)


def _moment(part: str, value: pl.Expr) -> pl.Expr:
    moments = {
        "year": value.dt.year(),
        "month": value.dt.month(),
        "day": value.dt.day(),
        "weekday": value.dt.weekday(),
        "hour": value.dt.hour() + value.dt.minute() / 60,
    }
    return moments[part]


SHAPE = ("length", "words", "digits", "upper")
"""What is measured of a text: characters, words, shares of digits and of capitals."""


def _shape(part: str, value: pl.Expr) -> pl.Expr:
    length = value.str.len_chars()
    counts = {
        "length": length,
        "words": value.str.count_matches(r"\w+"),
        "digits": value.str.count_matches(r"\d") / (length + 1),
        "upper": value.str.count_matches(r"\p{Lu}") / (length + 1),
    }
    return counts[part]
