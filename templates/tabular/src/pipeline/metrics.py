"""Figures of your own, shown beside the built-in metrics. Yours to change."""

import numpy as np


def metrics(truth: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """Return a number by name, computed on the held-out rows.

    Args:
        truth: (n,) class positions, or the values themselves in a regression.
        scores: (n, classes) probabilities, or (n,) predicted values in a regression.

    What a wrong decision costs is the figure that a business asks for:

        alarms = scores[:, 1] >= 0.3
        return {"cost": float(5 * (alarms & (truth == 0)).sum() + 200 * (~alarms & (truth == 1)).sum())}
    """
    del truth, scores
    return {}
