"""Changes one column of a table, and tells which way a column follows another."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl

from modelyard.data.types import plainly


def changed(rows: pl.DataFrame, name: str) -> Iterator[pl.DataFrame]:
    """Yield `rows` with other values in column `name`: each one moved, then all rolled by one row."""
    values = plainly(rows[name])
    yield _with(rows, name, _moved(values))
    yield _with(rows, name, pl.concat([values.tail(1), values.head(rows.height - 1)]))


def direction(before: pl.Series, after: pl.Series) -> float:
    """Return the rank correlation of two columns in [-1, 1]; 0 where one is constant, or has no order."""
    pairs = pl.DataFrame({"before": _number(before), "after": _number(after)}).filter(
        pl.all_horizontal(pl.all().is_finite())
    )
    value = pairs.select(pl.corr(pl.col("before").rank(), pl.col("after").rank())).item()
    return 0.0 if value is None or math.isnan(value) else float(value)


def _with(rows: pl.DataFrame, name: str, values: pl.Series) -> pl.DataFrame:
    return rows.with_columns(values.alias(name))


def _moved(values: pl.Series) -> pl.Series:
    kind = values.dtype
    if kind == pl.Boolean:
        return ~values.fill_null(value=False)
    if kind == pl.String:
        return values.fill_null("") + "x"
    if kind.is_temporal():
        start = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        first = start.date() if kind == pl.Date else start
        return (values.fill_null(first) + timedelta(days=400)).cast(kind)
    return values.fill_null(0) * 2 + 1


def _number(values: pl.Series) -> pl.Series:
    if values.dtype.is_temporal():
        return values.to_physical().cast(pl.Float64)
    if values.dtype.is_numeric() or values.dtype == pl.Boolean:
        return values.cast(pl.Float64)
    return pl.Series(values.name, [None] * values.len(), dtype=pl.Float64)
