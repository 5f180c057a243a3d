"""What plots are drawn from: confusion counts, ROC and precision-recall points, residuals."""

import numpy as np

from modelyard.evaluation.results import Confusion, Curve, Residuals
from modelyard.evaluation.scored import Scored

_POINTS = 200
_SCATTER = 500
_BINS = 30


def confusion(rows: Scored, classes: list[str], repeats: int = 1) -> Confusion | None:
    """Count truth against decision; mean counts (rounded) where each row was scored several times."""
    if rows.task == "regression":
        return None
    size = len(classes)
    flat = np.bincount(rows.truth * size + rows.decided, minlength=size * size).reshape(size, size)
    return Confusion(classes=classes, counts=np.rint(flat / repeats).astype(int).tolist())


def roc(rows: Scored, classes: list[str]) -> list[Curve]:
    """Return false positive rate against true positive rate, for the positive class or for each class."""
    curves = []
    for label, positive, scores in _each(rows, classes):
        hits, alarms = _counts(positive, scores)
        if hits[-1] and alarms[-1]:
            curves.append(_curve(label, alarms / alarms[-1], hits / hits[-1]))
    return curves


def precision_recall(rows: Scored, classes: list[str]) -> list[Curve]:
    """Return recall against precision, for the positive class or for each class."""
    curves = []
    for label, positive, scores in _each(rows, classes):
        hits, alarms = (counts[1:] for counts in _counts(positive, scores))
        if len(hits) and hits[-1]:
            curves.append(_curve(label, hits / hits[-1], hits / (hits + alarms)))
    return curves


def residuals(rows: Scored) -> Residuals | None:
    """Return a histogram of truth minus prediction, and at most 500 evenly taken points."""
    if rows.task != "regression" or not len(rows):
        return None
    error = rows.truth - rows.scores
    # Outliers would leave one full bin; the outermost bins take them in.
    low, high = np.quantile(error, [0.005, 0.995])
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    counts, edges = np.histogram(np.clip(error, low, high), bins=_BINS, range=(low, high))
    taken = np.unique(np.linspace(0, len(rows) - 1, min(_SCATTER, len(rows))).astype(int))
    return Residuals(
        edges=edges.tolist(),
        counts=counts.tolist(),
        predicted=rows.scores[taken].tolist(),
        observed=rows.truth[taken].tolist(),
    )


def _each(rows: Scored, classes: list[str]) -> list[tuple[str, np.ndarray, np.ndarray]]:
    if rows.task == "regression" or not len(rows):
        return []
    wanted = range(len(classes)) if rows.positive is None else [rows.positive]
    return [(classes[c], rows.truth == c, rows.scores[:, c]) for c in wanted]


def _counts(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return cumulated positives and negatives at falling distinct scores, beginning with none."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    hits = np.cumsum(positive[order])[last]
    return np.append(0, hits), np.append(0, last + 1 - hits)


def _curve(label: str, x: np.ndarray, y: np.ndarray) -> Curve:
    """Thin a curve evenly along its length, which keeps its steep ends."""
    if len(x) > _POINTS:
        along = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
        wanted = np.linspace(0.0, along[-1], _POINTS)
        kept = np.unique(np.clip(np.searchsorted(along, wanted), 0, len(x) - 1))
        x, y = x[kept], y[kept]
    return Curve(label=label, x=x.tolist(), y=y.tolist())
