"""Whether predicted probabilities come true: the reliability curve, and the expected calibration error."""

import numpy as np

from modelyard.evaluation.bootstrap import interval
from modelyard.evaluation.results import CalibrationBin
from modelyard.evaluation.scored import Scored
from modelyard.evaluation.units import Units, totals

_BINS = 10


def calibration(rows: Scored, where: Units) -> tuple[list[CalibrationBin], float | None]:
    """Return bins of equally many rows with block intervals, and the expected calibration error.

    Binary: the positive class. Multiclass: the decided class, against how often it is right.
    Regression: mean prediction against mean truth, without an error.
    """
    if not len(rows):
        return [], None
    predicted, observed = _pair(rows)
    place = _places(predicted)
    bins = [_bin(predicted, observed, place == k, where) for k in range(int(place.max()) + 1)]
    if rows.task == "regression":
        return bins, None
    gaps = [abs(b.predicted - b.observed) * b.rows for b in bins]
    return bins, float(sum(gaps) / len(rows))


def _pair(rows: Scored) -> tuple[np.ndarray, np.ndarray]:
    if rows.task == "regression":
        return rows.scores, rows.truth
    if rows.positive is not None:
        return rows.chosen, (rows.truth == rows.positive).astype(np.float64)
    return rows.scores.max(axis=1), (rows.truth == rows.decided).astype(np.float64)


def _places(predicted: np.ndarray) -> np.ndarray:
    """Return the bin of each row: tenths of the rows, equal predictions together, no bin empty."""
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, _BINS + 1)[1:-1]))
    _, place = np.unique(np.searchsorted(edges, predicted, side="right"), return_inverse=True)
    return place.reshape(-1)


def _bin(predicted: np.ndarray, observed: np.ndarray, inside: np.ndarray, where: Units) -> CalibrationBin:
    mean = float(observed[inside].mean())
    rows = np.column_stack([observed * inside, inside])
    resampled = where.draws @ totals(rows, where)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = interval(resampled[:, 0] / resampled[:, 1], where.effective)
    return CalibrationBin(
        predicted=float(predicted[inside].mean()),
        observed=mean,
        low=mean if low is None else low,
        high=mean if high is None else high,
        rows=int(inside.sum()),
    )
