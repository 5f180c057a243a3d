"""Chooses the salt of a hash split, so that on a small table too each part has rows of each class."""

from typing import TYPE_CHECKING

import polars as pl

from modelyard.data.split import hashes
from modelyard.data.split.record import PARTS, Split

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_CLASSES = 50


def best_salt(entities: "NDArray[np.uint64]", target: pl.Series | None, split: Split) -> str | None:
    """Return the first of a fixed series of salts that leaves no part short, else the best of them.

    Only counts of labels are looked at, and each salt is a fair hash: a row's side says nothing about it.
    None when with every salt some part is empty.
    """
    import numpy as np

    classes = _classes(target, len(entities))
    wanted = np.array([1 - split.validation - split.test, split.validation, split.test])
    best, least = None, np.inf
    for number in range(_tries(len(entities))):
        salt = f"modelyard-{number}"
        table = _counts(hashes.shares(entities, salt), classes, split)
        if table.sum(axis=1).min() == 0:
            continue
        short = _shortage(table, wanted)
        if short < least:
            best, least = salt, short
        if short == 0:
            break
    return best


def _tries(n: int) -> int:
    """Look longer where a try is cheap: rows are only scarce in small tables."""
    return max(20, min(300, 30_000_000 // max(n, 1)))


def _classes(target: pl.Series | None, n: int) -> "NDArray[np.int64]":
    """Return class codes; all 0 when the target has no classes, -1 for a missing one."""
    import numpy as np

    if target is None or target.null_count() == n or target.n_unique() > _MOST_CLASSES:
        return np.zeros(n, dtype=np.int64)
    codes = target.cast(pl.String).rank("dense").cast(pl.Int64).fill_null(0) - 1
    return codes.to_numpy()


def _counts(share: "NDArray[np.float64]", classes: "NDArray[np.int64]", split: Split) -> "NDArray[np.int64]":
    """Count rows per part (in the order of `PARTS`) and class."""
    import numpy as np

    part = np.where(share < split.test, 2, np.where(share < split.test + split.validation, 1, 0))
    k = int(classes.max(initial=0)) + 1
    known = classes >= 0
    return np.bincount(part[known] * k + classes[known], minlength=len(PARTS) * k).reshape(len(PARTS), k)


def _shortage(table: "NDArray[np.int64]", wanted: "NDArray[np.float64]") -> float:
    """Sum how far parts fall below half of their due; classes of fewer than three rows do not count."""
    import numpy as np

    totals = table.sum(axis=0)
    due = np.floor(0.5 * wanted[:, None] * totals[None, :])
    due = np.where(totals >= len(PARTS), np.maximum(due, 1), 0)
    lacking = np.maximum(due - table, 0) / np.maximum(due, 1)
    rows = np.maximum(0.6 * wanted - table.sum(axis=1) / totals.sum(), 0) / wanted
    return float(lacking.sum() + rows.sum())
