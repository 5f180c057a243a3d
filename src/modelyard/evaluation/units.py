"""What a bootstrap draws: blocks of rows, merged at random into at most five hundred units."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

# Five hundred random groups of blocks give the spread of a statistic to about 3 % (1 / sqrt(2 * 499))
# whatever the number of rows, and keep time and memory independent of it; Student's quantile allows for it.
MOST_UNITS = 500


@dataclass(frozen=True)
class Plan:
    """How rows are resampled.

    Args:
        resamples: How often units are drawn.
        seed: Makes merging and drawing repeatable.
        most: Units that blocks are merged into at most.
        unit: What a block is called: "row", "day", or a column.
    """

    resamples: int = 1000
    seed: int = 0
    most: int = MOST_UNITS
    unit: str = "row"


@dataclass(frozen=True)
class Units:
    """Which unit each row belongs to.

    Args:
        codes: (n,) unit of each row, 0 to count - 1.
        count: Units that are drawn with replacement.
        blocks: Blocks in the rows, before merging.
        rows_are_blocks: Whether each row is a block of its own.
        plan: How they are drawn.
    """

    codes: np.ndarray
    count: int
    blocks: int
    rows_are_blocks: bool = False
    plan: Plan = Plan()

    @cached_property
    def effective(self) -> float:
        """Return how many units of equal size would know as much: (sum of rows)^2 / sum of squared rows.

        A unit that holds most of the rows leaves little to resample, however many small ones stand beside it
        (Kish 1965; for clusters Carter, Schnepel and Steigerwald 2017).
        """
        rows = np.bincount(self.codes, minlength=1).astype(np.float64)
        return float(rows.sum() ** 2 / max(1.0, (rows**2).sum()))

    @property
    def draws(self) -> np.ndarray:
        """Return (resamples, count) multiplicities, the same at each call."""
        return _draws(self.count, self.plan.resamples, self.plan.seed)


def units(blocks: np.ndarray, plan: Plan) -> Units:
    """Merge blocks into units.

    Random groups of independent blocks are independent units of the same total, so the variance between them
    still estimates the variance between blocks (the method of random groups, Wolter 1985, chapter 2).
    """
    _, codes = np.unique(blocks, return_inverse=True)
    codes = codes.astype(np.int64).reshape(-1)
    count = int(codes.max()) + 1 if len(codes) else 0
    alone = count == len(codes)
    if count <= plan.most:
        return Units(codes, count, count, alone, plan)
    merged = np.random.default_rng(plan.seed).permutation(count) % plan.most
    return Units(merged[codes], plan.most, count, alone, plan)


@lru_cache(maxsize=4)
def _draws(count: int, resamples: int, seed: int) -> np.ndarray:
    """Return (resamples, count) multiplicities of draws with replacement, as float32, read-only."""
    drawn = np.random.default_rng(seed).integers(0, count, size=(resamples, count))
    flat = (drawn + np.arange(resamples)[:, None] * count).reshape(-1)
    counted = np.bincount(flat, minlength=resamples * count).reshape(resamples, count).astype(np.float32)
    counted.flags.writeable = False
    return counted


def totals(rows: np.ndarray, where: Units) -> np.ndarray:
    """Add (n, q) statistics of rows up to (units, q) statistics of units."""
    columns = rows.reshape(len(rows), -1).T
    summed = [np.bincount(where.codes, weights=column, minlength=where.count) for column in columns]
    return np.stack(summed, axis=1)


def cells(labels: np.ndarray, size: int, where: Units, weights: np.ndarray | None = None) -> np.ndarray:
    """Count (units, size) how many rows of each unit carry each label (0 to size - 1)."""
    flat = where.codes * size + labels
    counts = np.bincount(flat, weights=weights, minlength=where.count * size)
    return counts.reshape(where.count, size).astype(np.float32)
