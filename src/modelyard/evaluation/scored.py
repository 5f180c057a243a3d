"""Rows with their truth and a model's scores, and the decisions that follow from the scores."""

from dataclasses import dataclass

import numpy as np

from modelyard.config.model import Task
from modelyard.errors import OutcomeError


@dataclass(frozen=True)
class Scored:
    """One model's answers on one set of rows.

    Args:
        task: What is predicted.
        truth: (n,) class codes (int), or values (float) for a regression.
        scores: (n, K) class probabilities, or (n,) predictions.
        decided: (n,) class codes that the model decides for; empty for a regression.
        positive: Code of the positive class; None unless the task is binary.
    """

    task: Task
    truth: np.ndarray
    scores: np.ndarray
    decided: np.ndarray
    positive: int | None = None

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, rows: np.ndarray) -> "Scored":
        """Return the rows of a boolean mask or of an index array."""
        decided = self.decided[rows] if len(self.decided) else self.decided
        return Scored(self.task, self.truth[rows], self.scores[rows], decided, self.positive)

    @property
    def classes(self) -> int:
        """How many classes there are (0 for a regression)."""
        return self.scores.shape[1] if self.scores.ndim == 2 else 0

    @property
    def chosen(self) -> np.ndarray:
        """(n,) scores of the positive class; the predictions themselves for a regression."""
        return self.scores if self.positive is None else self.scores[:, self.positive]


def scored(
    task: Task,
    truth: np.ndarray,
    scores: np.ndarray,
    *,
    positive: int | None = None,
    threshold: float | None = None,
) -> Scored:
    """Check and bundle truth and scores.

    Binary scores may be (n,) probabilities of class 1, or (n, 2). `threshold` is that of the positive class
    (default one half).

    Raises:
        OutcomeError: When a score is not a finite number.
    """
    values = np.asarray(scores, dtype=np.float64)
    if task == "regression":
        _finite(values)
        return Scored(task, np.asarray(truth, dtype=np.float64), values.reshape(-1), np.empty(0, dtype=np.int64))
    if values.ndim == 1:
        values = np.column_stack([1.0 - values, values])
    _finite(values)
    codes = np.asarray(truth, dtype=np.int64)
    if task == "multiclass":
        return Scored(task, codes, values, values.argmax(axis=1))
    index = 1 if positive is None else positive
    hit = values[:, index] >= (0.5 if threshold is None else threshold)
    return Scored(task, codes, values, np.where(hit, index, 1 - index), index)


def _finite(values: np.ndarray) -> None:
    wrong = int((~np.isfinite(values)).reshape(len(values), -1).any(axis=1).sum()) if len(values) else 0
    if wrong:
        raise OutcomeError(
            f"{wrong} of {len(values)} scores are not finite numbers",
            "Look for infinite values in features(), or for a target with extreme values.",
            code="scores_not_finite",
        )
