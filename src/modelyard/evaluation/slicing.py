"""The metric of each slice with its interval, and the difference from the champion there."""

from dataclasses import replace

import numpy as np

from modelyard.evaluation.blocks import LEAST_BLOCKS
from modelyard.evaluation.bootstrap import estimate
from modelyard.evaluation.compare import compare
from modelyard.evaluation.results import Comparison, Slice
from modelyard.evaluation.scored import Scored
from modelyard.evaluation.slices import LEAST_PER_CLASS, LEAST_ROWS, MOST_SLICES, slices
from modelyard.evaluation.trial import Rival, Trial
from modelyard.evaluation.units import units

# Slices are many and small: fewer units and resamples keep a hundred of them within seconds.
_UNITS = 200
_RESAMPLES = 400


def measure_slices(on: Trial, columns: list[str], champion: Rival | None) -> tuple[list[Slice], int]:
    """Return at most a hundred slices, in the order of `columns`, and how many columns that left out."""
    plan = replace(on.where.plan, most=_UNITS, resamples=min(_RESAMPLES, on.where.plan.resamples))
    quick = replace(on, where=replace(on.where, plan=plan))
    found: list[Slice] = []
    for done, column in enumerate(columns):
        if len(found) >= MOST_SLICES:
            return found[:MOST_SLICES], len(columns) - done
        for _, name, inside in slices(on.frame, [column]):
            if _enough(on.rows, inside):
                found.append(_slice(quick, column, name, inside, champion))
    return found[:MOST_SLICES], 0


def _slice(on: Trial, column: str, name: str, inside: np.ndarray, champion: Rival | None) -> Slice:
    where = units(on.codes[inside], on.where.plan)
    return Slice(
        column=column,
        value=name,
        rows=int(inside.sum()),
        metric=estimate(on.metric, on.rows.take(inside), where),
        versus=None if champion is None else _versus(on, inside, champion),
    )


def _versus(on: Trial, inside: np.ndarray, champion: Rival) -> Comparison | None:
    """Return the comparison on rows of the slice that the champion never saw; None where they are too few."""
    both = inside & champion.mask
    where = units(on.codes[both], on.where.plan)
    if int(both.sum()) < LEAST_ROWS or where.blocks < LEAST_BLOCKS or not _enough(on.rows, both):
        return None
    other = champion.rows.take(inside[champion.mask])
    return compare(on.metric, on.rows.take(both), other, where, champion.label)


def _enough(rows: Scored, inside: np.ndarray) -> bool:
    if rows.positive is None:
        return True
    positives = int((rows.truth[inside] == rows.positive).sum())
    return min(positives, int(inside.sum()) - positives) >= LEAST_PER_CLASS
