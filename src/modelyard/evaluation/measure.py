"""Evaluation of a candidate on held-out rows: everything that the gate, the plots and the report read."""

from dataclasses import replace

import numpy as np
import polars as pl

from modelyard.config.model import ProjectConfig
from modelyard.data.types import plainly
from modelyard.evaluation import curves
from modelyard.evaluation.bootstrap import estimate
from modelyard.evaluation.calibration import calibration
from modelyard.evaluation.columns import configured_column
from modelyard.evaluation.compare import compare
from modelyard.evaluation.dummy import dummy
from modelyard.evaluation.fairness import LEAST_IN_GROUP, fairness
from modelyard.evaluation.importance import importance
from modelyard.evaluation.judged import Judged, Reference, needs_cross_validation
from modelyard.evaluation.metrics import find, names_for
from modelyard.evaluation.results import Comparison, Estimate, Evaluation, Fairness, HeldOut, Importance
from modelyard.evaluation.scored import scored
from modelyard.evaluation.slices import slice_columns
from modelyard.evaluation.slicing import measure_slices
from modelyard.evaluation.trial import Trial, rival, trial, versus
from modelyard.evaluation.warn import warnings

__all__ = ["Judged", "Reference", "evaluate", "needs_cross_validation"]


def evaluate(inputs: Judged, config: ProjectConfig) -> Evaluation:
    """Measure a candidate against the dummy, the champion and the pinned best, whole and in slices.

    Raises:
        RequestError: When the configuration names an unknown metric or column.
        OutcomeError: When a score is not finite.
    """
    on = trial(inputs, config)
    champion = None if inputs.champion is None else rival(inputs.champion, on)
    pinned = None if inputs.pinned is None else rival(inputs.pinned, on)
    against = [None if one is None else versus(one, on) for one in (champion, pinned)]
    metrics = {name: estimate(find(name, config.task), on.rows, on.where) for name in names_for(config.task)}
    importances = _importance(inputs, on)
    columns = _by_importance(slice_columns(on.frame, config, inputs.features, inputs.hidden), importances)
    sliced, unsliced = measure_slices(on, columns, champion)
    reliability, error = calibration(on.rows, on.where)
    found = Evaluation(
        task=config.task,
        metric=on.metric.name,
        greater_is_better=on.metric.greater_is_better,
        held_out=_held_out(inputs, on, config),
        metrics=metrics,
        dummy=_dummies(inputs, on),
        versus_dummy=_versus_dummy(inputs, on),
        versus_champion=against[0],
        versus_pinned=against[1],
        champion=None if champion is None else champion.version,
        classes=inputs.classes,
        positive=inputs.positive,
        threshold=inputs.threshold,
        slices=sliced,
        roc=curves.roc(on.rows, inputs.classes),
        precision_recall=curves.precision_recall(on.rows, inputs.classes),
        calibration=reliability,
        calibration_error=error,
        confusion=curves.confusion(on.rows, inputs.classes, inputs.repeats),
        residuals=curves.residuals(on.rows),
        importance=importances,
        fairness=_fairness(inputs, on, config),
        latency=inputs.latency,
        size_bytes=inputs.size_bytes,
        parity=inputs.parity,
        shuffled=_shuffled(inputs, on),
        user_metrics=dict(inputs.user_metrics),
    )
    said = warnings(inputs, on, found) + _left_out(inputs, config, unsliced) + _unjudged(found, inputs, config)
    return found.model_copy(update={"warnings": said})


def _left_out(inputs: Judged, config: ProjectConfig, unsliced: int) -> list[str]:
    unfair = [c for c in config.evaluation.fairness.columns if c in inputs.hidden]
    said = [f"Fairness by {column!r} is left out: it holds personal data." for column in unfair]
    if unsliced:
        said.append(f"{unsliced} columns are not sliced: a hundred slices are reported at most.")
    return said


def _unjudged(found: Evaluation, inputs: Judged, config: ProjectConfig) -> list[str]:
    """Say for which columns no rate could be compared: the gate has no rule for them."""
    judged = {one.column for one in found.fairness} | set(inputs.hidden)
    absent = [column for column in config.evaluation.fairness.columns if column not in judged]
    return [f"Fairness by {c!r} is not judged: no two of its values have {LEAST_IN_GROUP} rows." for c in absent]


def _held_out(inputs: Judged, on: Trial, config: ProjectConfig) -> HeldOut:
    begins, ends = _span(on.frame, config)
    counted = len(on.rows) // inputs.repeats
    rows = on.rows
    return HeldOut(
        rows=counted,
        positives=None if rows.positive is None else int((rows.truth[:counted] == rows.positive).sum()),
        unit=on.where.plan.unit,
        blocks=on.where.blocks,
        method="held_out" if inputs.repeats == 1 else "repeated_cv",
        begins=begins,
        ends=ends,
        sha256=inputs.held_out_sha256,
        used=inputs.used,
    )


def _span(frame: pl.DataFrame, config: ProjectConfig) -> tuple[str | None, str | None]:
    column = config.data.time
    if config.split.by != "time" or column not in frame.columns:
        return None, None
    times = plainly(frame[column]).drop_nulls()
    if times.is_empty():
        return None, None
    first, last = times.min(), times.max()
    shown = [v.isoformat() if times.dtype.is_temporal() else str(v) for v in (first, last)]  # ty: ignore
    return shown[0], shown[1]


def _dummies(inputs: Judged, on: Trial) -> dict[str, float]:
    found = {}
    for name in names_for(on.rows.task):
        metric = find(name, on.rows.task)
        found[name] = metric.function(dummy(metric, on.rows, inputs.train_truth))
    return found


def _versus_dummy(inputs: Judged, on: Trial) -> Comparison:
    baseline = dummy(on.metric, on.rows, inputs.train_truth)
    return compare(on.metric, on.rows, baseline, on.where, "dummy")


def _importance(inputs: Judged, on: Trial) -> list[Importance]:
    if inputs.score is None or not len(on.rows):
        return []
    once = len(on.rows) // inputs.repeats
    columns = [c for c in inputs.features if c in on.frame.columns and c not in inputs.hidden]
    first = replace(on, rows=on.rows.take(np.arange(once)), frame=on.frame.head(once))
    return importance(first, columns, inputs.score, inputs.threshold)


def _by_importance(columns: list[str], importances: list[Importance]) -> list[str]:
    """Put the columns that matter to the model first, so that a limit drops the others."""
    place = {one.column: k for k, one in enumerate(importances)}
    return sorted(columns, key=lambda name: place.get(name, len(place)))


def _fairness(inputs: Judged, on: Trial, config: ProjectConfig) -> list[Fairness]:
    found = []
    for column in config.evaluation.fairness.columns:
        if column in inputs.hidden:
            continue
        values = configured_column(on.frame, column, "evaluation.fairness.columns")
        found += fairness(column, values, on.rows, on.where)
    return found


def _shuffled(inputs: Judged, on: Trial) -> Estimate | None:
    if inputs.shuffled is None:
        return None
    truth, scores = inputs.shuffled
    rows = scored(on.rows.task, truth, scores, positive=on.rows.positive, threshold=inputs.threshold)
    return Estimate(value=on.metric.function(rows))
