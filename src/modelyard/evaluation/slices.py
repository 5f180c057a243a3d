"""The metric on parts of the rows: each value of a categorical column, each quarter of a numeric one."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from modelyard.config.model import ProjectConfig
from modelyard.data.types import plainly
from modelyard.evaluation.columns import require_column

LEAST_ROWS = 50
LEAST_PER_CLASS = 10
MOST_SLICES = 100
_MOST_VALUES = 10
_FEW_VALUES = 6  # a number with no more distinct values is treated as categories
_QUARTERS = (0.25, 0.5, 0.75)


def slice_columns(
    frame: pl.DataFrame, config: ProjectConfig, features: Sequence[str], hidden: Collection[str]
) -> list[str]:
    """Return the columns to slice by: those configured, else every feature; personal ones never."""
    chosen = config.evaluation.slices
    if chosen == "auto":
        return [name for name in features if name in frame.columns and name not in hidden]
    wanted = [name for name in chosen if name not in hidden]  # personal ones need not even be in the table
    for name in wanted:
        require_column(frame.columns, name, "evaluation.slices")
    return wanted


def slices(frame: pl.DataFrame, columns: Sequence[str]) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield (column, name of the slice, (n,) mask) of the slices with enough rows."""
    for column in columns:
        for name, mask in _of_column(plainly(frame[column])):
            inside = mask.fill_null(value=False).to_numpy()
            if LEAST_ROWS <= int(inside.sum()) < frame.height:
                yield column, name, inside


def _of_column(values: pl.Series) -> Iterator[tuple[str, pl.Series]]:
    if values.null_count():
        yield "missing", values.is_null()
    if values.dtype.is_temporal() or values.dtype.is_nested() or values.dtype.is_object():
        return
    if values.dtype.is_numeric() and values.n_unique() > _FEW_VALUES:
        yield from _quarters(values.cast(pl.Float64).fill_nan(None))
        return
    counted = values.drop_nulls().value_counts(sort=True, name="rows")
    # Sorted by value among equal counts, so that the same rows always give the same slices.
    common = counted.sort(["rows", "value"], descending=[True, False]).head(_MOST_VALUES)["value"]
    for value in common.to_list():
        yield _short(value), values == value


def _quarters(values: pl.Series) -> Iterator[tuple[str, pl.Series]]:
    finite = values.filter(values.is_finite())
    cuts = sorted({float(c) for c in (finite.quantile(q, "linear") for q in _QUARTERS) if c is not None})
    bounds = [-np.inf, *cuts, np.inf]
    for low, high in pairwise(bounds):
        yield _range_name(low, high), (values > low) & (values <= high) if low > -np.inf else values <= high


def _range_name(low: float, high: float) -> str:
    if low == -np.inf:
        return f"up to {high:.4g}"
    return f"above {low:.4g}" if high == np.inf else f"above {low:.4g} to {high:.4g}"


def _short(value: object) -> str:
    text = str(value) or "(empty)"
    return text if len(text) <= 60 else text[:57] + "..."
