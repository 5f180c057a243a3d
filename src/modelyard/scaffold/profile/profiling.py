"""Profiles a table: reads it once, then takes one decision after the other, each with its reason."""

from dataclasses import dataclass, replace

import polars as pl

from modelyard.config.model import Estimator
from modelyard.data.load import Table
from modelyard.errors import RequestError
from modelyard.scaffold.profile import choose, roles
from modelyard.scaffold.profile.choose import Metric, SplitChoice
from modelyard.scaffold.profile.columns import Sorting, describe, sort
from modelyard.scaffold.profile.judge import judge
from modelyard.scaffold.profile.model import Overrides, TableProfile
from modelyard.scaffold.profile.read import Facts, Reading, read
from modelyard.scaffold.profile.refusals import MOST_CLASSES
from modelyard.scaffold.profile.request import complete, require_target
from modelyard.scaffold.profile.target import Target, study
from modelyard.scaffold.profile.warn import warnings


@dataclass(frozen=True)
class _Decided:
    target: Target
    sorting: Sorting
    split: SplitChoice
    estimator: Estimator
    estimator_reason: str


def profile(table: Table, overrides: Overrides) -> TableProfile:
    """Profile `table` and decide what a project needs; trains nothing.

    Raises:
        RequestError: No target was named (the message lists the candidates), an override does not fit, or the
            table cannot give a model.
    """
    reading = read(table, overrides)
    chosen = complete(reading, overrides)
    target = _study(reading, require_target(reading, chosen), chosen)
    sorting = sort(reading, target.facts, chosen)
    split = _split(reading, sorting)
    sorting, about_leaks = judge(reading, sorting, target, split)
    _require_features(reading, sorting)
    told = [*about_leaks, *warnings(reading, sorting, target, split)]
    decided = _Decided(target, sorting, split, *_estimator(reading, sorting, target, chosen))
    return _together(reading, decided, told)


def _study(reading: Reading, facts: Facts, chosen: Overrides) -> Target:
    counts = reading.counts(facts) if 1 < facts.distinct <= 2 * MOST_CLASSES else None
    if counts is not None and len(counts) != facts.distinct:  # the count was an estimate
        facts = _exact(facts, len(counts))
    return study(facts, counts, reading.values(facts).drop_nulls(), chosen)


def _exact(facts: Facts, distinct: int) -> Facts:
    return replace(facts, distinct=distinct)


def _split(reading: Reading, sorting: Sorting) -> SplitChoice:
    found = {role: sorting.only(role) for role in ("time", "group", "id")}
    time, group, identity = (reading.by_name[name] if name is not None else None for name in found.values())
    days = roles.days(time, reading.frame) if time is not None else 0
    return choose.split(time, days, group, identity)


def _require_features(reading: Reading, sorting: Sorting) -> None:
    if sorting.features(reading.facts):
        return
    reasons = [f"{name!r}: {one.reason}" for name, one in sorting.decided.items() if one.role == "ignored"]
    orders = {"id": "identifies rows", "time": "orders the rows", "group": "groups them"}
    reasons += [f"{name!r} {orders[one.role]}" for name, one in sorting.decided.items() if one.role in orders]
    why = "; ".join(reasons[:10]) or "the target is its only column"
    raise RequestError(
        f"{reading.source} has no column to learn from: {why}.",
        _hint(sorting),
        code="no_features",
    )


def _hint(sorting: Sorting) -> str:
    hint = "Add columns that are known when predicting"
    if sorting.only("time") is not None:
        hint += ", say the month, the weekday or the value of the day before"
    return hint + (", or keep one with --keep-personal." if sorting.personal else ".")


def _estimator(reading: Reading, sorting: Sorting, target: Target, chosen: Overrides) -> tuple[Estimator, str]:
    return choose.estimator(target, len(sorting.features(reading.facts)), chosen.estimator)


def _together(reading: Reading, decided: _Decided, told: list[str]) -> TableProfile:
    target, split = decided.target, decided.split
    metric: Metric = choose.metric(target, _values(reading, target))
    weight, weight_reason = choose.class_weight(metric)
    regression = target.task == "regression"
    return TableProfile(
        rows=reading.rows,
        source=reading.source,
        columns=describe(reading, decided.sorting, None if regression else target.classes),
        target=target.facts.name,
        unlabelled=target.facts.missing,
        task=target.task,
        task_reason=target.task_reason,
        positive=target.positive,
        positive_reason=target.positive_reason,
        classes=target.classes,
        balance=dict(zip(target.classes, target.balance, strict=True)),
        metric=metric.name,
        metric_reason=metric.reason,
        dummy=metric.dummy,
        split_by=split.by,
        split_column=split.column,
        split_reason=split.reason,
        estimator=decided.estimator,
        estimator_reason=decided.estimator_reason,
        class_weight=weight,
        class_weight_reason=weight_reason,
        warnings=told,
    )


def _values(reading: Reading, target: Target) -> pl.Series:
    return reading.values(target.facts).drop_nulls()
