"""Calibrated probabilities: small monotone maps of the raw ones, fitted in training, applied in serving."""

from typing import Literal

import numpy as np

from modelyard.record import Record

CLIP = 1e-5
"""Probabilities are kept this far from 0 and 1 before the logit is taken."""


class Curve(Record):
    """A map from logit to probability.

    sigmoid: `1 / (1 + exp(-(slope * logit + intercept)))` (Platt scaling on the logit);
    isotonic: linear between (`knots`, `values`), flat outside.
    """

    slope: float = 1.0
    intercept: float = 0.0
    knots: tuple[float, ...] = ()
    values: tuple[float, ...] = ()

    def apply(self, logit: np.ndarray) -> np.ndarray:
        """Return probabilities of the shape of `logit`."""
        if self.knots:
            return np.interp(logit, self.knots, self.values)
        return 1 / (1 + np.exp(-(self.slope * logit + self.intercept)))


class Calibration(Record):
    """One curve for the positive class (binary), or one per class, normalised after (multiclass)."""

    method: Literal["sigmoid", "isotonic"]
    curves: tuple[Curve, ...]

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities for raw ones, both of shape (rows, classes)."""
        logit = logits(scores)
        if len(self.curves) == 1:
            positive = self.curves[0].apply(logit[:, 1])
            return np.column_stack([1 - positive, positive])
        each = np.column_stack([curve.apply(logit[:, k]) for k, curve in enumerate(self.curves)])
        return (each + CLIP) / (each + CLIP).sum(axis=1, keepdims=True)


def logits(scores: np.ndarray) -> np.ndarray:
    """Return log-odds of probabilities, kept finite by `CLIP`."""
    kept = np.clip(scores, CLIP, 1 - CLIP)
    return np.log(kept / (1 - kept))
