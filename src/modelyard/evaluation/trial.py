"""One candidate's rows with the blocks they belong to, and a reference's answers on the rows it never saw."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from modelyard.config.model import ProjectConfig
from modelyard.evaluation.blocks import blocks
from modelyard.evaluation.compare import compare
from modelyard.evaluation.judged import Judged, Reference
from modelyard.evaluation.metrics import Metric, find
from modelyard.evaluation.results import Comparison
from modelyard.evaluation.scored import Scored, scored
from modelyard.evaluation.units import Plan, Units, units


@dataclass(frozen=True)
class Trial:
    """Rows in hand: scored, with their frame, their blocks, and how they are resampled."""

    metric: Metric
    rows: Scored
    frame: pl.DataFrame
    codes: np.ndarray
    where: Units


@dataclass(frozen=True)
class Rival:
    """A reference on the rows it never saw: `rows` has one entry per true value of `mask`."""

    label: str
    version: str
    mask: np.ndarray
    rows: Scored


def trial(inputs: Judged, config: ProjectConfig) -> Trial:
    """Bring the inputs into one shape.

    Raises:
        RequestError: When the metric or the block unit is unknown.
        OutcomeError: When a score is not finite.
    """
    metric = find(config.evaluation.metric, config.task)
    positive = inputs.classes.index(inputs.positive) if config.task == "binary" and inputs.positive else None
    rows = scored(config.task, inputs.truth, inputs.scores, positive=positive, threshold=inputs.threshold)
    once = inputs.frame.head(len(rows) // inputs.repeats)
    codes, unit = blocks(once, config)
    codes = np.tile(codes, inputs.repeats)
    frame = once if inputs.repeats == 1 else pl.concat([once] * inputs.repeats)
    plan = Plan(config.evaluation.resamples, config.training.seed, unit=unit)
    return Trial(metric, rows, frame, codes, units(codes, plan))


def rival(reference: Reference, on: Trial) -> Rival:
    """Line a reference up with the rows of a trial."""
    once = np.asarray(reference.mask, dtype=bool)
    scores = np.asarray(reference.scores)
    known = scores if len(scores) == int(once.sum()) else scores[once]
    times = len(on.rows) // max(1, len(once))
    mask, rows = np.tile(once, times), on.rows
    answers = scored(
        rows.task,
        rows.truth[mask],
        np.concatenate([known] * times) if times else known,
        positive=rows.positive,
        threshold=reference.threshold,
    )
    return Rival(reference.label, reference.version, mask, answers)


def versus(reference: Rival, on: Trial) -> Comparison:
    """Compare the candidate with a reference on the rows that the reference never saw."""
    where = units(on.codes[reference.mask], on.where.plan)
    return compare(on.metric, on.rows.take(reference.mask), reference.rows, where, reference.label)
