"""How far one window of time lies from the rest of the training rows: the yardstick of drift."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from modelyard.data.types import plainly
from modelyard.record import Record
from modelyard.reference.distance import Integers, leave_one_out

LENGTHS = (1, 7)
_FEWEST_ROWS = 30  # a smaller window is far from everything by chance alone
_FEWEST_WINDOWS = 3
_MOST_DAYS = 1500  # older days still count as "the rest", but are no windows of their own


class Windows(Record):
    """Leave-one-window-out distances inside training, for one length of window."""

    days: int
    windows: int  # how many had rows enough
    rows: int  # of the median window
    distance: float  # the largest; Kolmogorov-Smirnov, or total variation for categories
    typical: float  # the median
    missing: float  # the largest change of the missing share


def day_numbers(time: pl.Series | None) -> Integers | None:
    """Return the day of each row counted from the first one kept, -1 for older rows; None without times.

    Rows without a time count as older ones: they belong to no window.
    """
    if time is None or not time.dtype.is_temporal():
        return None
    days = plainly(time).cast(pl.Date, strict=False).to_physical().cast(pl.Int64)
    first, last = days.min(), days.max()
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    begin = max(first, last - _MOST_DAYS + 1)
    return np.maximum((days - begin).fill_null(-1).to_numpy(), -1)


def distances(
    days: Integers, cell: Integers, present: NDArray[np.bool_], cell_count: int, *, ordered: bool
) -> tuple[Windows, ...]:
    """Measure each window length.

    Args:
        days: Day number of each row, shape (n,), from `day_numbers`.
        cell: Cell of each row that has a value, shape (n,); ignored where `present` is False.
        present: Whether the row has a value, shape (n,).
        cell_count: How many cells there are; missing values get one more.
        ordered: Whether the cells have an order.
    """
    width = cell_count + 1
    code = np.where(present, cell, cell_count) + (days + 1) * width
    table = np.bincount(code, minlength=(int(days.max()) + 2) * width).reshape(-1, width).astype(float)
    measured = (_windows(table, length, ordered=ordered) for length in LENGTHS)
    return tuple(window for window in measured if window is not None)


def _windows(table: NDArray[np.float64], length: int, *, ordered: bool) -> Windows | None:
    """Measure one length; row 0 of `table` holds rows of no window, its last column missing values."""
    starts = np.arange(1, len(table), length)
    if not len(starts):
        return None
    counts = np.vstack([table[:1], np.add.reduceat(table[1:], starts - 1, axis=0)])
    missing = leave_one_out(np.stack([counts[:, -1], counts[:, :-1].sum(axis=1)], axis=1), ordered=False)
    distance = leave_one_out(counts[:, :-1], ordered=ordered)
    rows = counts.sum(axis=1)
    large = rows >= _FEWEST_ROWS
    large[0] = False
    valued = large & (counts[:, :-1].sum(axis=1) >= _FEWEST_ROWS)
    if large.sum() < _FEWEST_WINDOWS:
        return None
    return Windows(
        days=length,
        windows=int(large.sum()),
        rows=int(np.median(rows[large])),
        distance=round(float(distance[valued].max(initial=0.0)), 6),
        typical=round(float(np.median(distance[valued])) if valued.any() else 0.0, 6),
        missing=round(float(missing[large].max(initial=0.0)), 6),
    )
