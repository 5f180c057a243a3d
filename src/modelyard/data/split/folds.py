"""Cross-validation by the same kind of splitter: expanding windows of whole days, or groups of hashes."""

from typing import TYPE_CHECKING

import polars as pl

from modelyard.data.split import hashes
from modelyard.data.split.moments import days
from modelyard.data.split.parts import hash_entities
from modelyard.data.split.record import Split
from modelyard.errors import RequestError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Fold = tuple[NDArray[np.int64], NDArray[np.int64]]


def folds(split: Split, frame: pl.DataFrame, k: int) -> "list[Fold]":
    """Return up to `k` pairs of row positions (train, test), fewer where days, groups or rows are few.

    By time, each test window follows its training rows (rows without a time are in every training part);
    by group or hash, each row is tested once.

    Raises:
        RequestError: `k` is under 2, or nothing can be divided.
    """
    import numpy as np

    if k < 2:
        raise RequestError(f"{k} folds are too few.", "Use at least 2.", code="bad_folds")
    window = _windows(split, frame, k) if split.by == "time" else _buckets(split, frame, k)
    last = int(window.max(initial=0))
    if last < 1:
        raise RequestError(
            "The rows cannot be divided into folds.", "Give more days, groups or rows.", code="bad_folds"
        )
    if split.by == "time":
        return [(np.flatnonzero(window < i), np.flatnonzero(window == i)) for i in range(1, last + 1)]
    return [(np.flatnonzero(window != i), np.flatnonzero(window == i)) for i in range(last + 1)]


def _windows(split: Split, frame: pl.DataFrame, k: int) -> "NDArray[np.int64]":
    """Number k + 1 windows of whole days, of about as many rows each; -1 for rows without a time."""
    import numpy as np

    day = days(frame, split.column or "")
    codes = day.rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    counts = np.bincount(codes[codes >= 0]) if (codes >= 0).any() else np.zeros(1, dtype=np.int64)
    before = np.cumsum(counts) - counts
    ideal = (before + counts / 2) * (k + 1) / max(counts.sum(), 1)
    window = _consecutive(np.floor(ideal).astype(np.int64))
    return np.where(codes >= 0, window[codes], -1)


def _consecutive(numbers: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """Close the gaps in a rising series: one huge day may leave windows empty."""
    import numpy as np

    return np.unique(numbers, return_inverse=True)[1]


def _buckets(split: Split, frame: pl.DataFrame, k: int) -> "NDArray[np.int64]":
    """Deal what must stay together, the largest first, each to the bucket with the fewest rows."""
    import numpy as np

    # another salt than the parts', or a fold would hold one side of the split
    share = hashes.shares(hash_entities(split, frame), f"{split.salt}/folds")
    _, entity, sizes = np.unique(share, return_inverse=True, return_counts=True)
    bucket = _dealt(sizes, min(k, len(sizes)))
    return bucket[entity]


def _dealt(sizes: "NDArray[np.int64]", k: int) -> "NDArray[np.int64]":
    import heapq

    import numpy as np

    if sizes.max(initial=1) == 1:
        return np.arange(len(sizes), dtype=np.int64) % max(k, 1)
    heap = [(0, i) for i in range(k)]
    bucket = np.zeros(len(sizes), dtype=np.int64)
    for entity in np.argsort(-sizes, kind="stable"):
        filled, i = heap[0]
        bucket[entity] = i
        heapq.heapreplace(heap, (filled + int(sizes[entity]), i))
    return bucket
