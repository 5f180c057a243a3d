"""Adds up what comparing the challenger's served scores with offline ones has found."""

import numpy as np
import polars as pl

from modelyard.bundle import golden
from modelyard.release.verdict import Answers

_FEW = 8  # different scores; more need not be told apart


class Total:
    """What was found in all rows so far."""

    def __init__(self) -> None:
        self.compared = self.differing = self.not_finite = 0
        self.served: set[bytes] = set()
        self.varied: set[bytes] = set()
        self.distance = self.distanced = self.square = self.sum = 0.0

    def add(
        self, inputs: pl.DataFrame, served: np.ndarray, offline: np.ndarray | None, other: np.ndarray | None
    ) -> None:
        """Take rows: served, scored again, and scored by the champion (None where they cannot be)."""
        self.compared += len(served)
        self.differing += 0 if offline is None else _differing(inputs, served, offline)
        self.square, self.sum = self.square + float((served**2).sum()), self.sum + float(served.sum())
        _collect(self.served, served)
        _collect(self.varied, inputs.hash_rows().to_numpy() if other is None else other)
        if other is not None and np.isfinite(other).all():
            self.distance += float(np.abs(served - other).reshape(len(served), -1).mean(axis=1).sum())
            self.distanced += len(served)

    def answers(self, *, golden_differing: int, recorded: float | None, skipped: str) -> Answers:
        """Return the whole."""
        n = max(1, self.compared)
        spread = max(0.0, self.square / n - (self.sum / n) ** 2) ** 0.5
        return Answers(
            compared=self.compared,
            differing=self.differing,
            not_finite=self.not_finite,
            distinct=len(self.served),
            varied=len(self.varied),
            golden_differing=golden_differing,
            difference=self.distance / self.distanced if self.distanced else None,
            recorded=recorded,
            scale=min(1.0, spread) or 1.0,
            skipped=skipped,
        )


def _differing(inputs: pl.DataFrame, served: np.ndarray, offline: np.ndarray) -> int:
    """Count rows that differ by more than the golden rows may; an offline score that is none differs."""
    return golden.Golden(inputs, offline).differing(lambda _: served)


def _collect(known: set[bytes], values: np.ndarray) -> None:
    if len(known) < _FEW:
        rounded = np.round(values.astype(np.float64), 9) if values.dtype.kind == "f" else values
        known.update(row.tobytes() for row in np.unique(rounded, axis=0)[:_FEW])
