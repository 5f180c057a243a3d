"""What a reader should know about an evaluation before trusting it, as sentences."""

import numpy as np

from modelyard.evaluation.blocks import LEAST_BLOCKS
from modelyard.evaluation.judged import Judged
from modelyard.evaluation.results import Evaluation
from modelyard.evaluation.trial import Trial

# One set of rows judged this often begins to be fitted by the choice among candidates.
_WORN = 10


def warnings(inputs: Judged, on: Trial, found: Evaluation) -> list[str]:
    """Return the sentences that apply."""
    return [*_few(inputs, on), *_used(inputs), *_classes(inputs, on), *_seen(found), *_shuffled(on, found)]


def _shuffled(on: Trial, found: Evaluation) -> list[str]:
    if found.shuffled is None:
        return []
    value = found.metrics[found.metric].value
    if not on.metric.sign * (found.shuffled.value - value) > 0:
        return []
    said = (
        f"Shuffled cross-validation would have said {found.metric} {found.shuffled.value:.4g}; "
        f"rows that lie apart, as in use, say {value:.4g}."
    )
    return [said]


def _few(inputs: Judged, on: Trial) -> list[str]:
    said = []
    if inputs.repeats > 1:
        said.append(
            f"Too few rows to hold some out: scores are out of fold, over {inputs.repeats} repeats of "
            f"cross-validation on {len(on.rows) // inputs.repeats} rows."
        )
    if on.where.blocks < LEAST_BLOCKS:
        said.append(
            f"Only {on.where.blocks} blocks ({on.where.plan.unit}): under {LEAST_BLOCKS}, intervals are "
            "rough and rules that need one are inconclusive."
        )
    return said


def _used(inputs: Judged) -> list[str]:
    if inputs.used < _WORN:
        return []
    said = (
        f"These held-out rows have given {inputs.used} verdicts; choosing among so many models "
        "flatters the chosen one. Bring in newer rows."
    )
    return [said]


def _classes(inputs: Judged, on: Trial) -> list[str]:
    if on.rows.task == "regression":
        return []
    counts = np.bincount(on.rows.truth, minlength=len(inputs.classes))
    absent = [name for name, count in zip(inputs.classes, counts, strict=False) if not count]
    if not absent:
        return []
    listed = ", ".join(repr(name) for name in absent[:5]) + (" and others" if len(absent) > 5 else "")
    return [f"No held-out row has the class {listed}, so nothing is known about it."]


def _seen(found: Evaluation) -> list[str]:
    against = [one for one in (found.versus_champion, found.versus_pinned) if one is not None]
    return [f"{one.reference} has seen every held-out row." for one in against if not one.rows]
