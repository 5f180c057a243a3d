"""Two models on the same rows: the difference, its one-sided 97.5 % bounds, and what the rows can resolve."""

import numpy as np

from modelyard.evaluation.bootstrap import deviation, replicates, student, student_share
from modelyard.evaluation.metrics import Metric
from modelyard.evaluation.results import Comparison, Estimate
from modelyard.evaluation.scored import Scored
from modelyard.evaluation.tango import score_interval
from modelyard.evaluation.units import Units

CONFIDENCE = 0.975
POWER = 0.8


def compare(metric: Metric, candidate: Scored, other: Scored, where: Units, reference: str) -> Comparison:
    """Compare by resampling blocks, or by Tango's interval where decisions on independent rows are compared.

    The same draws serve both models, so what they share cancels. Differences are signed so that positive
    means the candidate is better. NaN where there is nothing to compare.
    """
    tango = metric.paired_labels and where.rows_are_blocks and len(candidate) > 0
    found = _tango(candidate, other) if tango else _resampled(metric, candidate, other, where)
    difference, spread, units = found
    return Comparison(
        reference=reference,
        metric=metric.name,
        candidate=metric.function(candidate),
        other=metric.function(other),
        difference=difference,
        rows=len(candidate),
        unit=where.plan.unit,
        blocks=where.blocks,
        resolvable=_resolvable(spread, units),
        method="tango" if tango else "bootstrap",
        deviation=spread,
        units=units,
    )


def power(comparison: Comparison, margin: float) -> float:
    """Return how often a model that is equal to the reference is shown to lose less than `margin`."""
    if comparison.deviation == 0.0:
        return 1.0 if margin > 0 else 0.0
    bound = student(CONFIDENCE, comparison.units)
    return student_share(margin / comparison.deviation - bound, comparison.units)


def upper(comparison: Comparison, level: float) -> float:
    """Return the upper bound of the difference at a one-sided level."""
    return comparison.difference.value + student(level, comparison.units) * comparison.deviation


def _resolvable(spread: float, units: float) -> float:
    return (student(CONFIDENCE, units) + student(POWER, units)) * spread


def _resampled(metric: Metric, candidate: Scored, other: Scored, where: Units) -> tuple[Estimate, float, float]:
    """Return the difference with Student bounds around it, its standard error, and the units drawn.

    Differences of paired metrics are close to symmetric, and a standard error from a thousand resamples is
    half as noisy as their outer percentiles; `benchmarks/gate.py` measures the coverage.
    """
    values = [metric.function(rows) for rows in (candidate, other)]
    value = metric.sign * (values[0] - values[1])
    if where.blocks < 2 or not np.isfinite(value):
        return Estimate(value=value), float("nan"), where.effective
    own, others = (replicates(metric, rows, where, v) for rows, v in zip((candidate, other), values, strict=True))
    spread = deviation(own - others, where.effective)
    if not np.isfinite(spread):
        return Estimate(value=value), spread, where.effective
    reach = student(CONFIDENCE, where.effective) * spread
    return Estimate(value=value, low=value - reach, high=value + reach), spread, where.effective


def _tango(candidate: Scored, other: Scored) -> tuple[Estimate, float, float]:
    right, reference = candidate.decided == candidate.truth, other.decided == other.truth
    rows = len(candidate)
    gained, lost = int((right & ~reference).sum()), int((~right & reference).sum())
    low, high = score_interval(gained, lost, rows)
    spread = (high - low) / (2.0 * student(CONFIDENCE, rows))
    return Estimate(value=(gained - lost) / rows, low=low, high=high), spread, rows
