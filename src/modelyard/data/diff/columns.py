"""How far apart the two distributions of one column are."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from modelyard.data.diff.record import ColumnDiff
from modelyard.data.types import LogicalType, convert, logical_type

_LONGEST_VALUE = 80


@dataclass(frozen=True)
class _Shift:
    """How a column without its missing values changed."""

    measure: Literal["ks", "total_variation"]
    distance: float | None
    before: str | float | None
    after: str | float | None
    new_values: int | None = None
    gone_values: int | None = None


def compare_column(name: str, before: pl.DataFrame, after: pl.DataFrame, *, hidden: bool) -> ColumnDiff:
    """Compare a column that both tables have; of a hidden one only the missing shares are told."""
    found = ColumnDiff(
        column=name,
        type=logical_type(after.schema[name]),
        hidden=hidden,
        missing_before=_missing(before, name),
        missing_after=_missing(after, name),
    )
    if hidden:
        return found
    kind = _kind(before.schema[name], after.schema[name])
    shift = _categories if kind in {"string", "boolean"} else _ordered
    return found.model_copy(update=vars(shift(_values(before, name, kind), _values(after, name, kind))))


def _values(frame: pl.DataFrame, name: str, kind: LogicalType) -> pl.Series:
    values = frame.select(convert(name, frame.schema[name], kind).alias("v")).to_series()
    return (values.fill_nan(None) if kind == "number" else values).drop_nulls()


def _kind(old: pl.DataType, new: pl.DataType) -> LogicalType:
    kinds: set[LogicalType] = {logical_type(old), logical_type(new)}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds == {"integer", "number"}:
        return "number"
    return "timestamp" if kinds == {"date", "timestamp"} else "string"


def _missing(frame: pl.DataFrame, name: str) -> float:
    return frame.get_column(name).null_count() / frame.height if frame.height else 0.0


def _counted(a: pl.Series, b: pl.Series) -> pl.DataFrame:
    """Return each distinct value with its count in either series."""
    counted = [s.to_frame("v").group_by("v").agg(pl.len().cast(pl.Int64)) for s in (a, b)]
    both = counted[0].join(counted[1], on="v", how="full", coalesce=True)
    return both.with_columns(pl.col("len", "len_right").fill_null(0))


def _ordered(a: pl.Series, b: pl.Series) -> _Shift:
    """Return the Kolmogorov-Smirnov distance, the largest gap between the two distribution functions."""
    below, below_right = (pl.col(c).cum_sum() / max(1, len(s)) for c, s in (("len", a), ("len_right", b)))
    gap = _counted(a, b).sort("v").select((below - below_right).abs().max()).item()
    return _Shift("ks", _both(a, b, gap), _median(a), _median(b))


def _categories(a: pl.Series, b: pl.Series) -> _Shift:
    """Return the total variation distance, half the sum of the differences between shares."""
    table = _counted(a, b)
    share, share_right = (pl.col(c) / max(1, len(s)) for c, s in (("len", a), ("len_right", b)))
    gap = table.select((share - share_right).abs().sum() / 2).item()
    return _Shift(
        "total_variation",
        _both(a, b, gap),
        _top(table, "len"),
        _top(table, "len_right"),
        new_values=table.filter(pl.col("len") == 0).height,
        gone_values=table.filter(pl.col("len_right") == 0).height,
    )


def _both(a: pl.Series, b: pl.Series, gap: float) -> float | None:
    return min(1.0, float(gap)) if len(a) and len(b) else None


def _median(values: pl.Series) -> str | float | None:
    """Return the middle value (the upper of two), as JSON can hold it."""
    if not len(values):
        return None
    middle = values.sort()[len(values) // 2]
    return float(middle) if isinstance(middle, int | float) else middle.isoformat()


def _top(table: pl.DataFrame, share: Literal["len", "len_right"]) -> str | None:
    """Return the most frequent value, the first by name among equals, cut where it is long."""
    known = table.filter(pl.col(share) > 0).sort([share, "v"], descending=[True, False])
    return str(known["v"][0])[:_LONGEST_VALUE] if known.height else None
