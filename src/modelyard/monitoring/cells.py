"""Counts numbers on the cells of `reference.distance`, exactly, without looking up or sorting each of them."""

import numpy as np

from modelyard.reference.distance import Floats, Integers

_GRID = 2**14
_CHUNK = 2**16  # rows whose intermediate arrays stay in the processor's cache
_FEW = 8  # edges below which a grid is not worth its set-up


class CellCounter:
    """Counts on fixed edges.

    An even grid is laid over the edges. The grid cell of a value never falls as the value grows, so a value whose
    grid cell holds no edge lies on the same side of every edge as the whole cell; only the others are sorted.
    """

    def __init__(self, edges: Floats) -> None:
        self.edges = edges
        spread = edges[-1] - edges[0] if len(edges) else 0.0
        self._scale = (_GRID - 1) / spread if spread > 0 and np.isfinite(spread) else 0.0
        self._even = len(edges) > _FEW and 0 < self._scale < np.inf
        if self._even:
            self._places = self._place(edges)
            self._holds = np.zeros(_GRID, dtype=bool)
            self._holds[self._places] = True

    def count(self, values: Floats) -> tuple[Integers, int]:
        """Return the counts of the 2m + 1 cells, and how many values are NaN."""
        steps = np.zeros((len(self.edges), 2), dtype=np.int64)
        present = 0
        for start in range(0, len(values), _CHUNK):
            part = values[start : start + _CHUNK]
            missing = np.isnan(part)
            part = part[~missing] if missing.any() else part
            present += len(part)
            steps += self._steps(part)
        cells = np.diff(steps.ravel(), prepend=0, append=present)
        return cells.astype(np.int64), len(values) - present

    def _steps(self, values: Floats) -> Integers:
        """Return how many values lie below, and how many at or below, each edge: shape (edges, 2)."""
        if not self._even:
            return self._sorted(values)
        place = self._place(values)
        near = values[self._holds[place]]
        counts = np.bincount(place, minlength=_GRID)
        counts[self._holds] = 0  # those are in `near`
        before = np.cumsum(counts)[self._places]
        return self._sorted(near) + before[:, None]

    def _sorted(self, values: Floats) -> Integers:
        ordered = np.sort(values)
        sides = [np.searchsorted(ordered, self.edges, side=side) for side in ("left", "right")]
        return np.stack(sides, axis=1)

    def _place(self, values: Floats) -> Integers:
        with np.errstate(over="ignore"):
            place = (values - self.edges[0]) * self._scale
        return np.clip(place, 0, _GRID - 1, out=place).astype(np.int64)
