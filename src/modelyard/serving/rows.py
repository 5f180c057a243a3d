"""Turns one typed row into the values that `Encoding.apply` gives for it, without a frame: microseconds, not one.

What is rare (text beyond ASCII, an unusual pair of type and kind) goes through `Encoding.apply` itself.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from modelyard.data.encode import FIRST, MISSING, UNSEEN, EncodedColumn, Encoding
from modelyard.data.types import LogicalType, polars_type

Types = Mapping[str, LogicalType]
Encode = Callable[[Sequence[Sequence[Any]]], np.ndarray]
Step = Callable[[Any], Sequence[float]]
"""A typed value -> the matrix columns made of it."""


_LARGEST = 1e30  # as the encoding clips
_WORD = re.compile(r"\w+", re.ASCII)
_DIGIT = re.compile(r"[0-9]")
_CAPITAL = re.compile(r"[A-Z]")
_DIRECT = {("number", "number"), ("number", "integer"), ("boolean", "boolean")}


class _Codes(dict[str | None, float]):
    """Category -> code; what is not in the vocabulary is unseen."""

    def __missing__(self, key: str | None) -> float:
        return float(UNSEEN)


def row_encoder(
    encoding: Encoding, types: Types, positions: Mapping[str, int]
) -> Callable[[Sequence[Any]], list[float]]:
    """Return the function from one typed row to its matrix row; the arguments are those of `encoder`."""
    columns = [(column, types.get(column.source, "string")) for column in encoding.columns]
    single = [(positions[c.source], one) for c, kind in columns if (one := _single(c, kind)) is not None]
    if len(single) == len(columns):
        return lambda row: [step(row[i]) for i, step in single]
    wide = [(positions[c.source], _step(c, kind)) for c, kind in columns]
    return lambda row: [x for i, step in wide for x in step(row[i])]


def encoder(encoding: Encoding, types: Types, positions: Mapping[str, int]) -> Encode:
    """Return the function from typed rows to the float32 matrix, shape (rows, width).

    Args:
        encoding: What to do as.
        types: The type of each source column.
        positions: Where in a row each source column stands.
    """
    columns = [(column, types.get(column.source, "string")) for column in encoding.columns]
    single = [(positions[c.source], one) for c, kind in columns if (one := _single(c, kind)) is not None]
    if len(single) == len(columns):
        return _narrow(single)
    return _wide([(positions[c.source], _step(c, kind)) for c, kind in columns])


def _narrow(steps: list[tuple[int, Callable[[Any], float]]]) -> Encode:
    def encode(rows: Sequence[Sequence[Any]]) -> np.ndarray:
        return np.array([[step(row[i]) for i, step in steps] for row in rows], dtype=np.float32)

    return encode


def _wide(steps: list[tuple[int, Step]]) -> Encode:
    def encode(rows: Sequence[Sequence[Any]]) -> np.ndarray:
        return np.array([[x for i, step in steps for x in step(row[i])] for row in rows], dtype=np.float32)

    return encode


def _single(column: EncodedColumn, kind: LogicalType) -> Callable[[Any], float] | None:
    """Return the function of a column that makes one matrix column, where there is a direct one."""
    if column.kind == "category" and kind == "string":
        return _codes(column).__getitem__
    if (column.kind, kind) in _DIRECT and not column.missing:
        return _number(column)
    return None


def _step(column: EncodedColumn, kind: LogicalType) -> Step:
    single = _single(column, kind)
    if single is not None:
        return lambda value: (single(value),)
    if (column.kind, kind) in _DIRECT:
        number = _number(column)
        return lambda value: (number(value), float(_is_missing(value)))
    if column.kind == kind and kind in {"date", "timestamp"}:
        return _moment(column)
    if column.kind == "text" and kind == "string":
        return _text(column)
    return _exact(column, kind)


def _codes(column: EncodedColumn) -> _Codes:
    known = {word: float(code) for code, word in enumerate(column.vocabulary, start=FIRST)}
    return _Codes({None: float(MISSING), **known})


def _is_missing(value: float | None) -> bool:
    return value is None or not math.isfinite(value)


def _number(column: EncodedColumn) -> Callable[[float | None], float]:
    empty = column.fills[0] if column.fills else math.nan
    offset = column.offset

    def number(value: float | None) -> float:
        if value is None:
            return empty
        found = float(value)
        if not math.isfinite(found):
            return empty
        found -= offset
        return found if -_LARGEST <= found <= _LARGEST else math.copysign(_LARGEST, found)

    return number


_PARTS: dict[str, Callable[[dt.datetime], float]] = {
    "year": lambda when: when.year,
    "month": lambda when: when.month,
    "day": lambda when: when.day,
    "weekday": lambda when: when.isoweekday(),
    "hour": lambda when: when.hour + when.minute / 60,
}


def _moment(column: EncodedColumn) -> Step:
    parts = [_PARTS[part] for part in column.parts]
    flag = (0.0,) * column.missing
    empty = _filled(column) + (1.0,) * column.missing

    def moment(value: dt.date | None) -> Sequence[float]:
        if value is None:
            return empty
        when = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
        return (*(part(when) for part in parts), *flag)

    return moment


_SHAPES: dict[str, Callable[[str], float]] = {
    "length": len,
    "words": lambda text: len(_WORD.findall(text)),
    "digits": lambda text: len(_DIGIT.findall(text)) / (len(text) + 1),
    "upper": lambda text: len(_CAPITAL.findall(text)) / (len(text) + 1),
}


def _text(column: EncodedColumn) -> Step:
    parts = [_SHAPES[part] for part in column.parts]
    flag = (0.0,) * column.missing
    empty = _filled(column) + (1.0,) * column.missing + (0.0,) * len(column.vocabulary)
    exact = _exact(column, "string")

    def text(value: str | None) -> Sequence[float]:
        if value is None:
            return empty
        if not value.isascii():  # polars and Python differ on what a word is
            return exact(value)
        words = set(_WORD.findall(value.lower()))
        shape = (part(value) for part in parts)
        return (*shape, *flag, *(float(word in words) for word in column.vocabulary))

    return text


def _filled(column: EncodedColumn) -> tuple[float, ...]:
    return column.fills or (math.nan,) * len(column.parts)


def _exact(column: EncodedColumn, kind: LogicalType) -> Step:
    encoding = Encoding(columns=(column,))
    dtype = polars_type(kind)

    def step(value: Any) -> Sequence[float]:  # noqa: ANN401 - of the column's type
        return encoding.apply(pl.DataFrame({column.source: pl.Series([value], dtype=dtype)}))[0].tolist()

    return step
