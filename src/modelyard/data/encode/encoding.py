"""Turns a typed frame into the one float32 matrix that every estimator and every served model sees.

Learned on training rows, stored as JSON with the model, applied outside the ONNX graph.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import polars as pl

from modelyard.data.encode.words import indicators
from modelyard.errors import RequestError
from modelyard.record import Record

Kind = Literal["number", "boolean", "date", "timestamp", "category", "text"]

MISSING, UNSEEN, FIRST = 0, 1, 2
"""Codes of a category: missing, unseen or rare, then the vocabulary by falling count."""

_LARGEST = 1e30  # leaves room for sums and products in float32
_CHUNK = 200_000  # rows encoded at a time, so that the float64 intermediates stay small
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


class Encoding(Record):
    """How a frame becomes a matrix."""

    columns: tuple[EncodedColumn, ...]
    dropped: tuple[str, ...] = ()  # no value in any training row

    @property
    def names(self) -> list[str]:
        """Names of the matrix columns, each different from the others."""
        names: dict[str, None] = {}
        for column in self.columns:
            for suffix in column.suffixes:
                name = f"{column.source} {suffix}" if suffix else column.source
                names[name if name not in names else f"{name} ({len(names)})"] = None
        return list(names)

    @property
    def width(self) -> int:
        """How many columns the matrix has."""
        return sum(len(column.suffixes) for column in self.columns)

    @property
    def categorical(self) -> list[int]:
        """Positions of the matrix columns that hold codes."""
        kinds = [(c.kind, s) for c in self.columns for s in c.suffixes]
        return [i for i, (kind, suffix) in enumerate(kinds) if kind == "category" and not suffix]

    @property
    def numeric(self) -> list[int]:
        """Positions of all other matrix columns."""
        codes = set(self.categorical)
        return [i for i in range(self.width) if i not in codes]

    @property
    def inputs(self) -> list[str]:
        """The columns that `apply` needs."""
        return [c.source for c in self.columns]

    def apply(self, frame: pl.DataFrame) -> np.ndarray:
        """Return the matrix, shape (rows, width), float32; missing numbers and infinities are NaN.

        Raises:
            RequestError: A column is absent.
        """
        out = np.empty((frame.height, self.width), dtype=np.float32)
        series = _pick(frame, self.inputs)
        expressions = list(self._expressions(series))
        for start in range(0, frame.height, _CHUNK):
            part = pl.DataFrame([s.slice(start, _CHUNK) for s in series])
            self._fill(out[start : start + _CHUNK], part, part.select(expressions))
        return out

    def _expressions(self, series: list[pl.Series]) -> Iterator[pl.Expr]:
        for number, (column, values) in enumerate(zip(self.columns, series, strict=True)):
            made = parts(column, str(number), values.dtype)
            fills = column.fills or (float("nan"),) * len(made)
            for (suffix, expression), fill in zip(made, fills, strict=True):
                yield expression.cast(pl.Float32).fill_null(fill).alias(f"{number} {suffix}")

    def _fill(self, out: np.ndarray, part: pl.DataFrame, made: pl.DataFrame) -> None:
        if all(c.kind != "text" for c in self.columns):
            out[:] = made.to_numpy()
            return
        position, taken = 0, 0
        for number, column in enumerate(self.columns):
            width = len(column.parts) + column.missing
            out[:, position : position + width] = made[:, taken : taken + width].to_numpy()
            taken, position = taken + width, position + width
            if column.kind == "text":
                words = part.get_column(str(number)).cast(pl.String, strict=False)
                indicators(words, column.vocabulary, out[:, position : position + len(column.vocabulary)])
                position += len(column.vocabulary)


def _pick(frame: pl.DataFrame, names: list[str]) -> list[pl.Series]:
    """Return the columns renamed to their positions: "*" and "^a$" mean something to polars."""
    absent = [name for name in names if name not in frame.columns]
    if absent:
        shown = ", ".join(repr(name) for name in absent[:5])
        raise RequestError(f"The model needs columns that the rows lack: {shown}.", code="missing_columns")
    return [frame.get_column(name).alias(str(i)) for i, name in enumerate(names)]


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
    return [("", (value - column.offset).clip(-_LARGEST, _LARGEST)), *missing]


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
