"""How long one row takes in the served form."""

from collections.abc import Callable
from time import perf_counter, process_time

import numpy as np
import polars as pl

from modelyard.evaluation.results import Latency

_WARM_UP = 20
_CALLS = 500
_SECONDS = 5.0


def latency(score: Callable[[pl.DataFrame], np.ndarray], row: pl.DataFrame) -> Latency:
    """Return the median and 99th percentile, in milliseconds, of scoring `row`, features() included.

    A gate must not fail because another program wanted the processor. So a call counts with the processor time
    that it took, and with the waiting that even the luckiest calls could not avoid (a sleep, a network); what
    only some calls waited for is the machine's.

    Args:
        score: `Scorer.score`.
        row: One row.
    """
    for _ in range(_WARM_UP):
        score(row)
    walls: list[float] = []
    busy: list[float] = []
    end = perf_counter() + _SECONDS
    while len(walls) < _CALLS and (perf_counter() < end or not walls):
        wall, used = perf_counter(), process_time()
        score(row)
        walls.append(perf_counter() - wall)
        busy.append(process_time() - used)
    taken = _own(np.array(walls), np.array(busy)) * 1000
    return Latency(p50_ms=float(np.percentile(taken, 50)), p99_ms=float(np.percentile(taken, 99)), calls=len(taken))


def _own(walls: np.ndarray, busy: np.ndarray) -> np.ndarray:
    """Return what each call took by itself, in seconds; never more than the clock says."""
    unavoidable = max(0.0, float(np.percentile(walls - busy, 10)))
    return np.minimum(walls, busy + unavoidable)
