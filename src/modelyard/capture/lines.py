"""Writes captured rows as JSON lines into flat buffers, and says how to read them.

A buffer of bytes has nothing for the garbage collector to walk, and polars reads it without holding the interpreter.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import polars as pl

from modelyard.capture.shape import Shape
from modelyard.data.types import LogicalType, polars_type

_FIXED: dict[str, pl.DataType] = {
    "request": pl.String(),
    "row": pl.Int32(),
    "entity": pl.String(),
    "received": pl.Float64(),
    "role": pl.String(),
    "scores": pl.List(pl.Float64()),
}
_FORMATS: dict[LogicalType, str] = {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%dT%H:%M:%S%.f"}

Write = Callable[..., None]
"""Buffer, role, request id, entity, rows, scores, seconds since 1970, number of the first row: appends the lines."""


def writer(shape: Shape) -> Write:
    """Return the function that appends rows of a version to a buffer."""
    members = [(name, Any) for name in (*_FIXED, *_keys(shape))]
    line: Any = msgspec.defstruct("Line", members, gc=False)
    append = msgspec.json.Encoder().encode_into

    def write(  # noqa: PLR0913 - called with positions, some thousand times a second
        buffer: bytearray,
        role: str,
        request: str,
        entity: str | None,
        rows: Sequence[Sequence[Any]],
        scores: np.ndarray,
        received: float,
        first: int = 0,
    ) -> None:
        values = scores.tolist() if scores.ndim == 2 else scores.reshape(-1, 1).tolist()
        for number, (row, score) in enumerate(zip(rows, values, strict=True), first):
            append(line(request, number, entity, received, role, score, *row), buffer, -1)
            buffer += b"\n"

    return write


def schema(shape: Shape) -> dict[str, pl.DataType]:
    """Return the columns that lines are read as: the fixed ones, then the rows' own by position, moments as text."""
    return _FIXED | {key: _as_text(kind) for key, kind in zip(_keys(shape), shape.types, strict=True)}


def position(shape: Shape, name: str) -> str:
    """Return what `schema` calls a column of the rows."""
    return f"c{shape.names.index(name)}"


def typed(shape: Shape, name: str) -> pl.Expr:
    """Return a column of the rows with its type."""
    kind = shape.types[shape.names.index(name)]
    column = pl.col(position(shape, name))
    if kind == "date":
        return column.str.to_date(_FORMATS[kind], strict=False)
    if kind == "timestamp":
        return column.str.to_datetime(_FORMATS[kind], time_unit="us", strict=False)
    return column


def _keys(shape: Shape) -> list[str]:
    return [f"c{number}" for number in range(len(shape.names))]


def _as_text(kind: LogicalType) -> pl.DataType:
    return pl.String() if kind in _FORMATS else polars_type(kind)
