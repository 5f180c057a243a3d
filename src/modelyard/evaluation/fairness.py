"""Rates of decisions between the groups that the configuration names."""

from collections.abc import Callable

import numpy as np
import polars as pl

from modelyard.evaluation.bootstrap import interval
from modelyard.evaluation.results import Estimate, Fairness
from modelyard.evaluation.scored import Scored
from modelyard.evaluation.units import Units, totals

LEAST_IN_GROUP = 30
_LEAST_COUNTED = 10
_MOST_GROUPS = 20

Counted = tuple[np.ndarray, np.ndarray]  # (n,) what is added up, (n,) which rows it is a rate of


def fairness(column: str, values: pl.Series, rows: Scored, where: Units) -> list[Fairness]:
    """Return each rate by group with block intervals, and its largest gap between two groups.

    Binary: selection rate and true positive rate. Multiclass: accuracy. Regression: mean error in standard
    deviations of the target, so that one allowed gap suits every target. Groups under 30 rows are left out.
    """
    named = values.cast(pl.String).fill_null("missing")
    found = []
    for rate, count in _rates(rows).items():
        judged = _rate(column, rate, count(rows), named, where)
        found += [judged] if judged is not None else []
    return found


def _rates(rows: Scored) -> dict[str, Callable[[Scored], Counted]]:
    if rows.task == "binary":
        return {"selection rate": _selected, "true positive rate": _found}
    return {"accuracy": _right} if rows.task == "multiclass" else {"mean error (standard deviations)": _error}


def _selected(rows: Scored) -> Counted:
    return (rows.decided == rows.positive).astype(np.float64), np.ones(len(rows))


def _found(rows: Scored) -> Counted:
    positive = (rows.truth == rows.positive).astype(np.float64)
    return (rows.decided == rows.positive) * positive, positive


def _right(rows: Scored) -> Counted:
    return (rows.decided == rows.truth).astype(np.float64), np.ones(len(rows))


def _error(rows: Scored) -> Counted:
    spread = float(rows.truth.std()) or 1.0
    return (rows.scores - rows.truth) / spread, np.ones(len(rows))


def _rate(column: str, rate: str, counted: Counted, named: pl.Series, where: Units) -> Fairness | None:
    amount, base = counted
    masks = {group: (named == group).to_numpy() for group in _groups(named, base)}
    if len(masks) < 2:
        return None
    sums = [totals(np.column_stack([amount * inside, base * inside]), where) for inside in masks.values()]
    drawn = where.draws
    resampled = np.stack([_share(drawn @ s) for s in sums], axis=1)
    exact = np.array([_share(s.sum(axis=0, keepdims=True))[0] for s in sums])
    return Fairness(
        column=column,
        rate=rate,
        groups={group: _estimate(exact[k], resampled[:, k], where) for k, group in enumerate(masks)},
        gap=_estimate(np.ptp(exact), np.ptp(resampled, axis=1), where),
    )


def _groups(named: pl.Series, base: np.ndarray) -> list[str]:
    """Return the groups with enough rows and enough to count, the largest first, in a repeatable order."""
    counted = (
        pl.DataFrame({"group": named, "base": base})
        .group_by("group")
        .agg(pl.len().alias("rows"), pl.col("base").sum())
        .filter((pl.col("rows") >= LEAST_IN_GROUP) & (pl.col("base") >= _LEAST_COUNTED))
        .sort(["rows", "group"], descending=[True, False])
    )
    return counted["group"].head(_MOST_GROUPS).to_list()


def _share(sums: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[:, 0] / sums[:, 1]


def _estimate(value: float, resampled: np.ndarray, where: Units) -> Estimate:
    low, high = interval(resampled, where.effective)
    return Estimate(value=float(value), low=low, high=high)
