"""Fits calibration curves on validation rows, so that they survive float32: flat where the data say nothing."""

import numpy as np

from modelyard.bundle.calibration import Calibration, Curve, logits

_APART = 0.05  # log-odds between knots: a steeper curve would turn rounding errors into differences
_MOST_KNOTS = 100
_RIDGE = 1e-6  # towards no change; decides only where the data do not


def calibrate(method: str, scores: np.ndarray, truth: np.ndarray) -> Calibration | None:
    """Return the calibration of `scores` on validation rows; None where there is nothing to fit.

    Args:
        method: "none", "sigmoid" or "isotonic".
        scores: Raw probabilities, shape (rows, classes).
        truth: Class codes.
    """
    if method == "none" or len(np.unique(truth)) < 2:
        return None
    fit = _sigmoid if method == "sigmoid" else _isotonic
    logit = logits(scores.astype(np.float64))
    wanted = [1] if scores.shape[1] == 2 else range(scores.shape[1])
    curves = tuple(fit(logit[:, k], truth == k) for k in wanted)
    return Calibration(method="sigmoid" if method == "sigmoid" else "isotonic", curves=curves)


def _sigmoid(logit: np.ndarray, hit: np.ndarray) -> Curve:
    """Platt scaling with his smoothed targets, by Newton's method (two parameters, convex)."""
    positives, n = int(hit.sum()), len(hit)
    target = np.where(hit, (positives + 1) / (positives + 2), 1 / (n - positives + 2))
    X = np.column_stack([logit, np.ones(n)])
    beta = np.array([1.0, 0.0])
    for _ in range(100):
        p = 1 / (1 + np.exp(-(X @ beta)))
        gradient = X.T @ (p - target) + _RIDGE * (beta - [1.0, 0.0])
        step = np.linalg.solve((X * (p * (1 - p))[:, None]).T @ X + _RIDGE * np.eye(2), gradient)
        size = 1.0  # a whole Newton step can overshoot to where the curve is flat
        while size > 1e-9 and _loss(X, target, beta - size * step) > _loss(X, target, beta):
            size /= 2
        beta = beta - size * step
        if np.abs(size * step).max() < 1e-9:
            break
    return Curve(slope=float(beta[0]), intercept=float(beta[1]))


def _loss(X: np.ndarray, target: np.ndarray, beta: np.ndarray) -> float:
    line = X @ beta
    penalty = _RIDGE / 2 * ((beta[0] - 1) ** 2 + beta[1] ** 2)
    return float(np.logaddexp(0, line).sum() - target @ line + penalty)


def _isotonic(logit: np.ndarray, hit: np.ndarray) -> Curve:
    from sklearn.isotonic import IsotonicRegression

    order = np.argsort(logit, kind="stable")
    groups = _groups(logit[order])
    x = np.array([g.mean() for g in np.split(logit[order], groups)])
    y = np.array([g.mean() for g in np.split(hit[order].astype(float), groups)])
    weight = np.diff([0, *groups, len(logit)])
    values = IsotonicRegression(y_min=0, y_max=1).fit_transform(x, y, sample_weight=weight)
    kept = [0]
    for i in range(1, len(x)):
        kept += [i] * bool(x[i] - x[kept[-1]] >= _APART)
    knots, heights = x[kept], np.clip(values[kept], 0, 1)
    if len(kept) == 1:
        knots, heights = np.array([knots[0], knots[0] + 1]), np.repeat(heights, 2)
    return Curve(knots=tuple(knots.tolist()), values=tuple(heights.tolist()))


def _groups(ordered: np.ndarray) -> list[int]:
    """Where to cut sorted log-odds: groups of at least n / 100 rows whose centres lie `_APART` apart."""
    least = max(1, len(ordered) // _MOST_KNOTS)
    cuts, start = [], 0
    for i in range(1, len(ordered)):
        if i - start >= least and ordered[i] - ordered[i - 1] > 0 and ordered[i] - ordered[start] >= 2 * _APART:
            cuts.append(i)
            start = i
    return cuts
