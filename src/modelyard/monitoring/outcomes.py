"""Adds up what came true per window and block, so that calibration and skill need no second look at the rows."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from modelyard.bundle.served import Served
from modelyard.evaluation.units import MOST_UNITS
from modelyard.feedback.labels import LARGEST
from modelyard.monitoring.tally import fields
from modelyard.monitoring.windows import Grid, clock
from modelyard.reference.distance import Floats, Integers
from modelyard.reference.profile import Profile

_LEAST = float(np.finfo(np.float32).eps)  # served probabilities are float32, so certainty ends there


@dataclass(frozen=True)
class Baseline:
    """What a constant answer says: the shares of the classes, or the mean, of the training rows."""

    values: Floats  # (classes,) or (1,)
    known: bool  # False: the profile does not say; the labels' own rate stands in

    @classmethod
    def of(cls, profile: Profile, served: Served) -> "Baseline":
        """Read it from the profile; one row is added to each class, so that none is impossible."""
        truth = profile.truth
        if truth is None or (not served.classes and truth.mean is None) or (served.classes and not truth.shares):
            return cls(np.zeros(max(len(served.classes), 1)), known=False)
        if not served.classes:
            return cls(np.array([truth.mean], dtype=float), known=True)
        rows = truth.rows * (1 - truth.missing)
        counts = np.array([truth.shares.get(name, 0.0) * rows + 1.0 for name in served.classes])
        return cls(counts / counts.sum(), known=True)


class Outcomes:
    """Sums of one version. Of a block: rows, predictions, truths, squared truths, loss, loss of the constant."""

    def __init__(self, served: Served, profile: Profile, days: int, unit: str) -> None:
        self.grid = Grid.of(profile.begins, days)
        self.served = served
        self.unit = unit
        self.baseline = Baseline.of(profile, served)
        self.width = 1 if len(served.classes) <= 2 else len(served.classes)  # columns of predictions and truths
        self.rows: dict[int, int] = {}
        self.sums: dict[int, dict[int, Floats]] = {}
        self.unlabelled = np.zeros(3)  # rows, predictions (positive or value), expected loss
        self.strange = 0  # labels that are no class of this version
        self._row = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows of `feedback.joined`."""
        scores = self._scores(frame)
        usable = np.isfinite(scores).all(axis=1)
        truth, told = self._truth(frame)
        windows = self.grid.numbers(clock(frame))
        for window, rows in zip(*np.unique(windows[usable], return_counts=True), strict=True):
            self.rows[int(window)] = self.rows.get(int(window), 0) + int(rows)
        self._expect(scores[usable & ~told])
        labelled = usable & told
        if labelled.any():
            block = self._blocks(frame)[labelled]
            self._sum(windows[labelled], block, self._statistics(scores[labelled], truth[labelled]))

    def labelled(self, window: int) -> int:
        """Return how many rows of a window have a label."""
        return int(sum(sums[0] for sums in self.sums.get(window, {}).values()))

    def blocks(self, windows: list[int]) -> Floats:
        """Return the sums by block of some windows together, shape (blocks, statistics)."""
        merged: dict[int, Floats] = {}
        for window in windows:
            for block, sums in self.sums.get(window, {}).items():
                merged[block] = merged[block] + sums if block in merged else sums
        return np.array([merged[block] for block in sorted(merged)])

    def _scores(self, frame: pl.DataFrame) -> Floats:
        """Return (n, classes) probabilities or (n, 1) values; NaN where a row has none."""
        if not self.served.classes:
            return frame.get_column("score").cast(pl.Float64).fill_null(float("nan")).to_numpy().reshape(-1, 1)
        count = len(self.served.classes)
        lists = frame.get_column("scores")
        whole = pl.DataFrame([lists.alias("s")]).select(
            pl.when(pl.col("s").list.len() == count).then("s").otherwise([float("nan")] * count)
        )
        return whole.to_series().explode().fill_null(float("nan")).to_numpy().reshape(-1, count).astype(float)

    def _truth(self, frame: pl.DataFrame) -> tuple[Floats, np.ndarray]:
        """Return class codes or values, and which rows have one."""
        told = frame.get_column("truth")
        if not self.served.classes:
            values = told.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
            return values, np.abs(values) <= LARGEST  # older ledgers hold larger ones
        names = self.served.classes
        codes = told.replace_strict(names, list(range(len(names))), default=None, return_dtype=pl.Int64)
        self.strange += codes.null_count() - told.null_count()
        return codes.fill_null(-1).to_numpy().astype(float), codes.is_not_null().to_numpy()

    def _blocks(self, frame: pl.DataFrame) -> Integers:
        if self.unit == "day":
            day = clock(frame).cast(pl.Date).to_physical().to_numpy()
            return day.astype(np.int64)
        inputs = fields(frame)
        if self.unit in inputs.columns:
            return (inputs.get_column(self.unit).hash(0) % MOST_UNITS).to_numpy().astype(np.int64)
        # Random groups of independent rows are independent units (evaluation.units).
        numbers = (np.arange(frame.height) + self._row) % MOST_UNITS
        self._row += frame.height
        return numbers

    def _statistics(self, scores: Floats, truth: Floats) -> Floats:
        """Return (n, 4 + 2 width): 1, squared truth, loss, loss of the constant, predictions, truths."""
        rows = np.ones(len(truth))
        if not self.served.classes:
            loss, constant = (truth - scores[:, 0]) ** 2, (truth - self.baseline.values[0]) ** 2
            return np.column_stack([rows, truth**2, loss, constant, scores, truth])
        codes = truth.astype(int)
        hits = (codes[:, None] == np.arange(scores.shape[1])).astype(float)
        loss = -np.log(np.clip(scores[np.arange(len(codes)), codes], _LEAST, 1.0))
        given = self.baseline.values[codes] if self.baseline.known else np.ones(len(codes))
        kept = slice(-1, None) if self.width == 1 else slice(None)
        return np.column_stack([rows, rows, loss, -np.log(given), scores[:, kept], hits[:, kept]])

    def _sum(self, windows: Integers, blocks: Integers, statistics: Floats) -> None:
        pairs, place = np.unique(np.column_stack([windows, blocks]), axis=0, return_inverse=True)
        place = place.reshape(-1)
        sums = np.column_stack([np.bincount(place, weights=c, minlength=len(pairs)) for c in statistics.T])
        for (window, block), total in zip(pairs.tolist(), sums, strict=True):
            held = self.sums.setdefault(window, {})
            held[block] = held[block] + total if block in held else total

    def _expect(self, scores: Floats) -> None:
        """Add what the model itself expects of rows without a label: its own log loss, were it calibrated."""
        if not len(scores):
            return
        loss = 0.0
        if self.served.classes:
            clipped = np.clip(scores, _LEAST, 1.0)
            loss = float(-(clipped * np.log(clipped)).sum())
        self.unlabelled += [len(scores), float(scores[:, -1].sum()), loss]
