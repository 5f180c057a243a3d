"""Names the logical types and says which polars type holds each."""

from typing import Literal, get_args

import polars as pl
import polars.selectors as cs

LogicalType = Literal["string", "integer", "number", "boolean", "date", "timestamp"]
LOGICAL_TYPES: tuple[LogicalType, ...] = get_args(LogicalType)

_POLARS: dict[LogicalType, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}

WIDE = frozenset({pl.UInt64(), pl.Int128(), pl.UInt128()})
"""Integers that may be too large for ours; where they are, they are read as text (`infer`)."""


def polars_type(kind: LogicalType) -> pl.DataType:
    """Return the polars type that holds values of `kind`."""
    return _POLARS[kind]


def logical_type(found: pl.DataType) -> LogicalType:
    """Return the logical type nearest to a polars type; what has none (lists, bytes, times) is a string."""
    if found == pl.Boolean:
        return "boolean"
    if found.is_integer():
        return "integer"
    if found.is_numeric() or found == pl.Duration:
        return "number"
    if found == pl.Date:
        return "date"
    return "timestamp" if found == pl.Datetime else "string"


def exactly(column: str) -> pl.Expr:
    """Refer to the column of this very name, be it `*`, `^a$` or the empty string.

    `pl.col` reads the first two as patterns.
    """
    return cs.by_name(column).as_expr()


def plainly(values: pl.Series) -> pl.Series:
    """Return the values under the name "value": with a Series named `^x$` polars cannot work."""
    return values.alias("value")
