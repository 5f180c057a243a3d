"""Tango's score interval for the difference of two paired proportions."""

from collections.abc import Callable
from functools import partial

import numpy as np

_STEPS = 60  # halvings of [-1, 1]: far below any printed digit


def score_interval(gained: int, lost: int, rows: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Return bounds of (gained - lost) / rows.

    Args:
        gained: Rows that only the candidate decides rightly.
        lost: Rows that only the reference decides rightly.
        rows: All rows.
        z: Normal quantile of one side.

    T. Tango, "Equivalence test and confidence interval for the difference in proportions for the
    paired-sample design", Statistics in Medicine 17 (1998), 891-908.
    """
    centre, statistic = (gained - lost) / rows, partial(_statistic, gained, lost, rows)
    return _root(statistic, -1.0, centre, z), _root(statistic, centre, 1.0, -z)


def _root(statistic: Callable[[float], float], low: float, high: float, target: float) -> float:
    """Return the difference whose score statistic (falling in it) is `target`."""
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        if statistic(middle) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _statistic(gained: int, lost: int, rows: int, difference: float) -> float:
    """Return the score statistic, with the nuisance proportion at its restricted maximum likelihood."""
    a = 2.0 * rows
    b = -gained - lost + (2.0 * rows - gained + lost) * difference
    c = -lost * difference * (1.0 - difference)
    nuisance = (np.sqrt(max(b * b - 4.0 * a * c, 0.0)) - b) / (2.0 * a)
    variance = rows * (2.0 * nuisance + difference * (1.0 - difference))
    excess = gained - lost - rows * difference
    if variance <= 0:
        return float(np.sign(excess)) * np.inf if excess else 0.0
    return float(excess / np.sqrt(variance))
