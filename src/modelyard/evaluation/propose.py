"""Absolute floors that a first evaluation suggests for `gate.floors`."""

import math

from modelyard.evaluation.metrics import METRICS
from modelyard.evaluation.results import Evaluation

_DIGITS = 3


def floors(evaluation: Evaluation) -> dict[str, float]:
    """Return floors that an equally good model clears nine times in ten, and the dummy does not.

    A retrained model is judged by its lower bound, on other rows: it lies around this model's lower
    bound, give or take the spread of one more sample. Twice the distance has room for both. Metrics without
    an interval, or whose floor the dummy would clear, are left out.
    """
    wanted = [evaluation.metric]
    if evaluation.task != "regression" and evaluation.metric != "log_loss":
        wanted.append("log_loss")
    found = {name: _floor(name, evaluation) for name in wanted}
    return {name: floor for name, floor in found.items() if floor is not None}


def _floor(name: str, evaluation: Evaluation) -> float | None:
    metric, estimate = METRICS[name], evaluation.metrics[name]
    bound = estimate.low if metric.greater_is_better else estimate.high
    if bound is None or not math.isfinite(bound):
        return None
    floor = _rounded(estimate.value + 2.0 * (bound - estimate.value), up=not metric.greater_is_better)
    return floor if metric.sign * (floor - evaluation.dummy[name]) > 0 else None


def _rounded(value: float, *, up: bool) -> float:
    """Round to three digits that matter, towards the lenient side."""
    if value == 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - _DIGITS + 1)
    steps = math.ceil(value / step) if up else math.floor(value / step)
    return float(f"{steps * step:.{_DIGITS}g}")
