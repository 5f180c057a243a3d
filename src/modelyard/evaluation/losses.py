"""Metrics that are means over rows: log loss, Brier score, and the errors of a regression."""

import numpy as np

from modelyard.evaluation.ranking import bin_edges
from modelyard.evaluation.scored import Scored
from modelyard.evaluation.units import Units, cells

# Served probabilities are float32, so certainty ends there.
_LEAST = float(np.finfo(np.float32).eps)
_BINS = 1024


def log_loss_rows(rows: Scored) -> np.ndarray:
    """Return (n, 2): minus the log of the probability given to the truth, and 1."""
    given = rows.scores[np.arange(len(rows)), rows.truth]
    return _counted(-np.log(np.clip(given, _LEAST, 1.0)))


def brier_rows(rows: Scored) -> np.ndarray:
    """Return (n, 2): squared distance of the probabilities from the truth, and 1.

    Binary: of the positive class (0 to 1). Multiclass: summed over classes (0 to 2), as Brier (1950) has it.
    """
    if rows.positive is not None:
        return _counted((rows.chosen - (rows.truth == rows.positive)) ** 2)
    truth = np.zeros_like(rows.scores)
    truth[np.arange(len(rows)), rows.truth] = 1.0
    return _counted(((rows.scores - truth) ** 2).sum(axis=1))


def squared_rows(rows: Scored) -> np.ndarray:
    """Return (n, 2): squared error, and 1."""
    return _counted((rows.truth - rows.scores) ** 2)


def absolute_rows(rows: Scored) -> np.ndarray:
    """Return (n, 2): absolute error, and 1."""
    return _counted(np.abs(rows.truth - rows.scores))


def relative_rows(rows: Scored) -> np.ndarray:
    """Return (n, 2): absolute error as a share of the truth, and 1; both 0 where the truth is 0."""
    usable = rows.truth != 0
    below = np.where(usable, np.abs(rows.truth), 1.0)
    share = np.where(usable, np.abs(rows.truth - rows.scores) / below, 0.0)
    return np.column_stack([share, usable.astype(np.float64)])


def variance_rows(rows: Scored) -> np.ndarray:
    """Return (n, 4): 1, truth, its square (both around the mean, so that nothing cancels), squared error."""
    centred = rows.truth - rows.truth.mean() if len(rows) else rows.truth
    return np.column_stack(
        [np.ones(len(rows)), centred, centred**2, (rows.truth - rows.scores) ** 2],
    )


def mean(sums: np.ndarray) -> np.ndarray:
    """Return total over count."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[:, 0] / sums[:, 1]


def root(sums: np.ndarray) -> np.ndarray:
    """Return the root of total over count."""
    return np.sqrt(mean(sums))


def explained(sums: np.ndarray) -> np.ndarray:
    """Return 1 - squared error / variance of the truth, from `variance_rows`."""
    count, first, second, error = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = second - first**2 / count
        return np.where(spread > 0, 1.0 - error / np.where(spread > 0, spread, 1.0), np.nan)


def median_absolute(rows: Scored) -> float:
    """Return the median absolute error."""
    return float(np.median(np.abs(rows.truth - rows.scores))) if len(rows) else float("nan")


def median_histograms(rows: Scored, where: Units) -> tuple[np.ndarray, np.ndarray]:
    """Return (units, bins) counts of absolute errors, and (bins,) the value that stands for each bin."""
    errors = np.abs(rows.truth - rows.scores)
    edges = bin_edges(errors, _BINS)
    place = np.clip(np.searchsorted(edges, errors, side="right") - 1, 0, len(edges) - 1)
    return cells(place, len(edges), where), edges


def resampled_median(sums: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return (resamples,) medians: the first bin that reaches half of the rows."""
    reached = np.cumsum(sums, axis=1, dtype=np.float64)
    return edges[(reached >= reached[:, -1:] / 2.0).argmax(axis=1)]


def _counted(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values, np.ones(len(values))])
