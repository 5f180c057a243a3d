"""Judges what came true: calibration in the large and skill, with block intervals, on matured windows."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np

from modelyard.config.monitoring import Monitoring
from modelyard.evaluation.bootstrap import interval
from modelyard.evaluation.results import Estimate
from modelyard.evaluation.units import Plan, totals, units
from modelyard.monitoring.outcomes import Outcomes
from modelyard.monitoring.results import Estimated, Outcome, PerformanceWindow
from modelyard.reference.distance import Floats

LEAST_BLOCKS = 8
"""Of what is judged: the intervals of a first week, seven days, were too narrow in one stream of forty."""
_LEAST_RESAMPLED = 5  # of what is shown
LEAST_ROWS = 30
LEAST_EVENTS = 10
"""Rows of the rarer class, seen or expected: below, resampling finds intervals that are far too narrow, or none."""
_LEVEL = 0.95
_SURE = 0.99
"""Of an alert: a stream is looked at every week, so 1 in 20 would be an alert in every second half-year."""


def windows_of(outcomes: Outcomes, version: int, as_of: datetime, config: Monitoring) -> list[PerformanceWindow]:
    """Describe the windows of one version, oldest first, and judge each with the matured ones just before it."""
    found = {number: _window(outcomes, version, number, as_of, config) for number in sorted(outcomes.rows)}
    return [_judged(found, number, outcomes, config) for number in found]


def estimated(outcomes: Outcomes, version: int) -> Estimated | None:
    """Return what the model expects on its unlabelled classifications; nothing of a regression, or without rows."""
    rows, predicted, loss = outcomes.unlabelled
    if not rows or not outcomes.served.classes:
        return None
    return Estimated(version=version, rows=int(rows), predicted=predicted / rows, loss=loss / rows)


def _window(outcomes: Outcomes, version: int, number: int, as_of: datetime, config: Monitoring) -> PerformanceWindow:
    rows, labelled = outcomes.rows[number], outcomes.labelled(number)
    span = outcomes.grid.span(number)
    horizon = timedelta(days=config.label_horizon_days)
    found = PerformanceWindow(
        version=version,
        since=span.since,
        until=span.until,
        rows=rows,
        labelled=labelled,
        coverage=round(labelled / rows, 6),
        # Where every row has its label there is nothing left to wait for.
        matured=labelled == rows or outcomes.grid.ends(number) + horizon <= as_of,
    )
    if not labelled:
        return found
    own = _outcome(outcomes, [number], config)
    kept = ("blocks", "label", "predicted", "observed", "gap", "skill", "loss")
    return found.model_copy(update={name: getattr(own, name) for name in kept})


def _judged(
    found: dict[int, PerformanceWindow], number: int, outcomes: Outcomes, config: Monitoring
) -> PerformanceWindow:
    window = found[number]
    together = range(number - config.of_windows + 1, number + 1)
    ripe = [n for n in together if n in found and found[n].matured and found[n].labelled]
    outcome = _outcome(outcomes, ripe, config) if ripe and window.matured and window.labelled else None
    reason = _reason(window, outcome)
    if reason or outcome is None:
        return window.model_copy(update={"reason": reason})
    return window.model_copy(
        update={"judged": True, "pooled": outcome, "miscalibrated": outcome.off, "useless": outcome.useless}
    )


def _reason(window: PerformanceWindow, outcome: Outcome | None) -> str:
    if not window.labelled:
        return "no labels"
    if not window.matured or outcome is None:
        return "labels may still come"
    if outcome.rows < LEAST_ROWS:
        return f"{outcome.rows} labels are too few"
    if outcome.blocks < LEAST_BLOCKS:
        return f"{outcome.blocks} blocks ({outcome.unit}) are too few"
    if outcome.events is not None and outcome.events < LEAST_EVENTS:
        return f"{outcome.events:.0f} rows of the rarer class are too few"
    return ""


def _outcome(outcomes: Outcomes, numbers: Sequence[int], config: Monitoring) -> Outcome:
    sums = outcomes.blocks(list(numbers))
    draws, total = _resampled(sums), sums.sum(axis=0)
    column = _worst(outcomes, total)
    said, seen = 4 + column, 4 + outcomes.width + column

    def gap(level: float) -> Estimate:
        # that the worst of several classes is looked at asks for a higher level
        wanted = 1 - (1 - level) / outcomes.width
        return _estimate(draws, lambda s: (s[:, said] - s[:, seen]) / s[:, 0], sums, wanted)

    limit = config.calibration * _deviation(outcomes, total, column)
    skill, sure = (_estimate(draws, _skill(outcomes), sums, level) for level in (_LEVEL, _SURE))
    return Outcome(
        since=outcomes.grid.span(numbers[0]).since,
        until=outcomes.grid.span(numbers[-1]).until,
        rows=int(total[0]),
        blocks=len(sums),
        unit=outcomes.unit,
        label=outcomes.served.classes[column] if outcomes.width > 1 else "",
        predicted=float(total[said] / total[0]),
        observed=float(total[seen] / total[0]),
        gap=gap(_LEVEL),
        gap_limit=limit,
        skill=skill if np.isfinite(skill.value) else None,
        loss=float(total[2] / total[0]),
        events=_events(total, said, seen) if outcomes.served.classes else None,
        off=_off(gap(_SURE), limit),
        useless=np.isfinite(skill.value) and sure.high is not None and sure.high < config.skill,
    )


def _events(total: Floats, said: int, seen: int) -> float:
    """Return the rows of a class, or of all others, whichever are fewer: as many as were seen, or were expected."""
    return float(min(max(total[said], total[seen]), max(total[0] - total[said], total[0] - total[seen])))


def _off(gap: Estimate, limit: float) -> bool:
    """Say whether a gap is there (its interval excludes 0) and large enough to matter."""
    sure = gap.low is not None and gap.high is not None and (gap.low > 0 or gap.high < 0)
    return sure and abs(gap.value) > limit


def _worst(outcomes: Outcomes, total: Floats) -> int:
    """Return the class whose gap is largest in its standard deviations."""
    gaps = [
        abs(total[4 + k] - total[4 + outcomes.width + k]) / total[0] / max(_deviation(outcomes, total, k), 1e-12)
        for k in range(outcomes.width)
    ]
    return int(np.argmax(gaps))


def _deviation(outcomes: Outcomes, total: Floats, column: int) -> float:
    """Return the standard deviation of the truth; of a class sqrt(p (1 - p)), p between what was seen and said."""
    count = total[0]
    seen = total[4 + outcomes.width + column] / count
    if outcomes.served.classes:
        share = (seen + total[4 + column] / count) / 2
        return float(np.sqrt(max(share * (1 - share), 0.0)))
    return float(np.sqrt(max(total[1] / count - seen**2, 0.0)))


def _skill(outcomes: Outcomes) -> Callable[[Floats], Floats]:
    """Return 1 - loss / loss of the constant; where training's constant is not known, of the labels' own."""
    if outcomes.baseline.known:
        return lambda s: 1 - s[:, 2] / s[:, 3]
    width = outcomes.width

    def own(s: Floats) -> Floats:
        shares = s[:, 4 + width :] / s[:, :1]
        if not outcomes.served.classes:
            return 1 - (s[:, 2] / s[:, 0]) / (s[:, 1] / s[:, 0] - shares[:, 0] ** 2)
        whole = np.column_stack([1 - shares, shares]) if width == 1 else shares
        terms = np.where(whole > 0, -whole * np.log(np.where(whole > 0, whole, 1.0)), 0.0)
        return 1 - (s[:, 2] / s[:, 0]) / terms.sum(axis=1)

    return own


def _resampled(sums: Floats) -> Floats:
    """Return (resamples, statistics) sums of resampled blocks; none of too few."""
    if len(sums) < _LEAST_RESAMPLED:
        return np.empty((0, sums.shape[1]))
    where = units(np.arange(len(sums)), Plan())
    return where.draws.astype(float) @ totals(sums, where)


def _estimate(draws: Floats, of: Callable[[Floats], Floats], sums: Floats, level: float) -> Estimate:
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(of(sums.sum(axis=0, keepdims=True))[0])
        resampled = of(draws)
    if not len(resampled) or not np.isfinite(value):
        return Estimate(value=value)
    rows = sums[:, 0]
    low, high = interval(resampled, float(rows.sum() ** 2 / (rows**2).sum()), level)
    return Estimate(value=value, low=low, high=high)
