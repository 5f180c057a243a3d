"""The best answers that ignore the row: what a model must beat."""

import numpy as np

from modelyard.evaluation.metrics import Metric
from modelyard.evaluation.scored import Scored, scored


def dummy(metric: Metric, rows: Scored, train_truth: np.ndarray) -> Scored:
    """Return the constant answer that suits a metric best, learned on training truth, for the same rows."""
    if rows.task == "regression":
        middle = np.median(train_truth) if metric.constant == "median" else np.mean(train_truth)
        return scored("regression", rows.truth, np.full(len(rows), float(middle)))
    counts = np.bincount(train_truth.astype(np.int64), minlength=rows.classes)[: rows.classes]
    # One added to each class: a class that training has not seen keeps a chance above 0.
    shares = (counts + 1.0) / (counts.sum() + rows.classes)
    scores = np.tile(shares, (len(rows), 1))
    decided = np.full(len(rows), _class(metric, rows, counts))
    return Scored(rows.task, rows.truth, scores, decided, rows.positive)


def _class(metric: Metric, rows: Scored, counts: np.ndarray) -> int:
    if rows.positive is not None and metric.constant == "positive":
        return rows.positive
    if rows.positive is not None and metric.constant == "negative":
        return 1 - rows.positive
    return int(counts.argmax())
