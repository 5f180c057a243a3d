"""Chooses the decision threshold of a binary model on validation rows."""

import numpy as np


def choose(rule: str | float, scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the threshold at or above which a row is positive.

    Args:
        rule: "f1", "youden", "rate" (as many positives as there are), or a fixed number.
        scores: Probability of the positive class.
        truth: 1 for positive, else 0. With one class only, the threshold is 0.5.

    The threshold lies halfway between two scores, so that rounding flips no decision.
    """
    if not isinstance(rule, str):
        return float(rule)
    if len(np.unique(truth)) < 2:
        return 0.5
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], np.cumsum(truth[order])
    last = np.append(ordered[1:] < ordered[:-1], True)  # cut only after the last of equal scores
    chosen, hits, ordered_at = np.arange(1, len(scores) + 1)[last], hits[last], ordered[last]
    best = int(np.argmax(_worth(rule, chosen, hits, len(scores))))
    below = ordered_at[best + 1] if best + 1 < len(ordered_at) else ordered_at[best] - 1e-6
    return float(np.clip((ordered_at[best] + below) / 2, 0.0, 1.0))


def _worth(rule: str, chosen: np.ndarray, hits: np.ndarray, n: int) -> np.ndarray:
    positives = hits[-1]
    if rule == "f1":
        return 2 * hits / (chosen + positives)
    if rule == "youden":
        return hits / positives - (chosen - hits) / (n - positives)
    return -np.abs(chosen - positives).astype(float)
