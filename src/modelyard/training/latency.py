"""How long one row takes in the served form."""

from collections.abc import Callable
from time import perf_counter

import numpy as np
import polars as pl

from modelyard.evaluation.results import Latency

_WARM_UP = 20
_CALLS = 500
_SECONDS = 5.0


def latency(score: Callable[[pl.DataFrame], np.ndarray], row: pl.DataFrame) -> Latency:
    """Return the median and 99th percentile, in milliseconds, of scoring `row`, features() included.

    Args:
        score: `Scorer.score`.
        row: One row.
    """
    for _ in range(_WARM_UP):
        score(row)
    taken: list[float] = []
    end = perf_counter() + _SECONDS
    while len(taken) < _CALLS and (perf_counter() < end or not taken):
        begun = perf_counter()
        score(row)
        taken.append((perf_counter() - begun) * 1000)
    return Latency(p50_ms=float(np.percentile(taken, 50)), p99_ms=float(np.percentile(taken, 99)), calls=len(taken))
