"""95 % intervals by resampling blocks, from sums per unit, so that a resample costs no pass over the rows."""

import numpy as np

from modelyard.evaluation.metrics import Metric
from modelyard.evaluation.results import Estimate
from modelyard.evaluation.scored import Scored
from modelyard.evaluation.units import Units

# Below this an interval would say more about luck than about the model.
_LEAST_BLOCKS = 5
_LEAST_EFFECTIVE = 1.5
# Floats in one batch of resampled sums: 512 KiB as float64 stay in a core's cache; new pages cost more than the sums.
_BATCH = 65_536


def estimate(metric: Metric, rows: Scored, where: Units) -> Estimate:
    """Return a metric with its 95 % interval, or without one under five blocks."""
    value = metric.function(rows)
    if where.blocks < _LEAST_BLOCKS or not np.isfinite(value):
        return Estimate(value=value)
    low, high = interval(replicates(metric, rows, where, value), where.effective)
    return Estimate(value=value, low=low, high=high)


def replicates(metric: Metric, rows: Scored, where: Units, value: float | None = None) -> np.ndarray:
    """Return (resamples,) values; NaN where a resample has none (no positive row in it).

    Binned metrics are shifted so that the whole set gives its exact value.
    """
    exact = metric.function(rows) if value is None else value
    sums, finish = metric.prepare(rows, where)
    drawn = where.draws
    whole = float(finish(sums.sum(axis=0, keepdims=True, dtype=np.float64))[0])
    size = max(1, _BATCH // max(1, sums.shape[1]))
    batches = [finish(drawn[i : i + size] @ sums) for i in range(0, len(drawn), size)]
    return np.concatenate(batches) + (exact - whole)


def interval(values: np.ndarray, units: float, level: float = 0.95) -> tuple[float | None, float | None]:
    """Return the expanded percentile interval.

    The plain percentile interval of m units is narrow by sqrt((m - 1) / m) and by the normal quantile where
    Student's is due; the percentiles are moved out by both (Hesterberg 2015, section 5.2). None where more
    than a tenth of the resamples have no value.
    """
    kept = values[np.isfinite(values)]
    if units < _LEAST_EFFECTIVE or len(kept) < 0.9 * len(values):
        return None, None
    from scipy.special import ndtr

    tail = float(ndtr(-np.sqrt(units / (units - 1)) * student(1.0 - (1.0 - level) / 2.0, units)))
    # The default definition of a quantile lies inside by half a resample or more, which shows in thin tails.
    low, high = np.quantile(kept, [tail, 1.0 - tail], method="weibull")
    return float(low), float(high)


def deviation(values: np.ndarray, units: float) -> float:
    """Return the standard error of resampled values, without the bias of few units; NaN where unknown."""
    kept = values[np.isfinite(values)]
    if units < _LEAST_EFFECTIVE or len(kept) < 0.9 * len(values):
        return float("nan")
    return float(kept.std(ddof=1) * np.sqrt(units / (units - 1)))


def student(level: float, units: float) -> float:
    """Return Student's quantile for a statistic of this many units."""
    from scipy.special import stdtrit

    return float(stdtrit(max(1.0, units - 1.0), level))


def student_share(value: float, units: float) -> float:
    """Return the share of Student's distribution below a value."""
    from scipy.special import stdtr

    return float(stdtr(max(1.0, units - 1.0), value))
