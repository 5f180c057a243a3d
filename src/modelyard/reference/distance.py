"""Distances between distributions that are counted on the same cells; training and monitoring share them.

A number falls on one of 2m + 1 cells of m ascending edges: strictly between two edges, or exactly on one. So
a value that many rows share (a zero, a constant) keeps its own mass, and the distance is exact at every edge.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def cells(values: Floats, edges: Floats) -> Integers:
    """Return the cell of each value, shape (n,): 2i below edge i, 2i + 1 on it, 2m above the last."""
    below = np.searchsorted(edges, values, side="left")
    on_edge = edges[np.minimum(below, len(edges) - 1)] == values
    return 2 * below.astype(np.int64) + on_edge


def shares(counts: Floats) -> Floats:
    """Turn counts along the last axis into shares; a row without any count stays zero."""
    totals = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros_like(counts, dtype=float), where=totals > 0)


def kolmogorov_smirnov(first: Floats, second: Floats) -> Floats:
    """Return the largest gap between two cumulative distributions; arguments: shares of ordered cells."""
    return np.abs(np.cumsum(first - second, axis=-1)).max(axis=-1)


def total_variation(first: Floats, second: Floats) -> Floats:
    """Return half the sum of the absolute differences of shares: the mass that would have to move."""
    return np.abs(first - second).sum(axis=-1) / 2


def leave_one_out(counts: Floats, *, ordered: bool) -> Floats:
    """Return each window's distance from all the other windows together.

    Args:
        counts: Rows by window and cell, shape (windows, cells).
        ordered: Whether cells have an order (Kolmogorov-Smirnov) or not (total variation).

    Returns:
        Shape (windows,).
    """
    distance = kolmogorov_smirnov if ordered else total_variation
    return distance(shares(counts), shares(counts.sum(axis=0) - counts))
