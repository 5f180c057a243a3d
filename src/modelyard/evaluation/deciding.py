"""Metrics of decisions (accuracy, precision, recall, F1) from counts per class."""

import numpy as np

from modelyard.evaluation.scored import Scored
from modelyard.evaluation.units import Units, cells


def class_counts(rows: Scored, where: Units) -> np.ndarray:
    """Return (units, 3 * K): per class the rows decided rightly, those decided for it, those that are it."""
    size = rows.classes
    right = (rows.truth == rows.decided).astype(np.float64)
    return np.concatenate(
        [
            cells(rows.truth, size, where, right),
            cells(rows.decided, size, where),
            cells(rows.truth, size, where),
        ],
        axis=1,
    )


def positive_counts(rows: Scored, where: Units) -> np.ndarray:
    """Return (units, 3): true positives, decided positive, truly positive."""
    wanted = [k * rows.classes + (rows.positive or 0) for k in range(3)]
    return class_counts(rows, where)[:, wanted]


def accuracy(sums: np.ndarray) -> np.ndarray:
    """Return the share of right decisions, from class counts."""
    right, _, present = _by_class(sums)
    return _ratio(right.sum(axis=1), present.sum(axis=1))


def balanced_accuracy(sums: np.ndarray) -> np.ndarray:
    """Return the mean recall over the classes that occur, from class counts."""
    right, _, present = _by_class(sums)
    return _mean_where(_ratio(right, present), present > 0)


def macro_f1(sums: np.ndarray) -> np.ndarray:
    """Return the mean F1 over the classes that occur or are decided for, from class counts."""
    right, decided, present = _by_class(sums)
    return _mean_where(_ratio(2.0 * right, decided + present), decided + present > 0)


def precision(sums: np.ndarray) -> np.ndarray:
    """Return true positives per positive decision (0 where there is none)."""
    return np.nan_to_num(_ratio(sums[:, 0], sums[:, 1]))


def recall(sums: np.ndarray) -> np.ndarray:
    """Return true positives per positive (NaN where there is none)."""
    return _ratio(sums[:, 0], sums[:, 2])


def f1(sums: np.ndarray) -> np.ndarray:
    """Return the harmonic mean of precision and recall (0 where nothing is or is called positive)."""
    return np.nan_to_num(_ratio(2.0 * sums[:, 0], sums[:, 1] + sums[:, 2]))


def mcc(sums: np.ndarray) -> np.ndarray:
    """Return Matthews' correlation coefficient, in Gorodkin's form for any number of classes."""
    right, decided, present = _by_class(sums)
    total = present.sum(axis=1)
    covariance = right.sum(axis=1) * total - (decided * present).sum(axis=1)
    spread = (total**2 - (decided**2).sum(axis=1)) * (total**2 - (present**2).sum(axis=1))
    return np.nan_to_num(_ratio(covariance, np.sqrt(np.maximum(spread, 0.0))))


def _by_class(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    shaped = sums.reshape(len(sums), 3, -1).astype(np.float64)
    return shaped[:, 0], shaped[:, 1], shaped[:, 2]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(above, dtype=np.float64) / np.where(np.asarray(below) == 0, np.nan, below)


def _mean_where(values: np.ndarray, kept: np.ndarray) -> np.ndarray:
    return _ratio(np.where(kept, values, 0.0).sum(axis=1), kept.sum(axis=1))
