"""The rules of the gate that compare with another model: champion, pinned best, and slice by slice."""

from modelyard.config.model import ProjectConfig
from modelyard.evaluation.blocks import LEAST_BLOCKS
from modelyard.evaluation.bootstrap import student, student_share
from modelyard.evaluation.compare import CONFIDENCE, POWER, power, upper
from modelyard.evaluation.metrics import METRICS
from modelyard.evaluation.results import Comparison, Evaluation, Rule, SliceTest, Verdict
from modelyard.evaluation.words_of_rules import shown

HALF_A_POINT = 0.005


def margin(comparison: Comparison, evaluation: Evaluation, config: ProjectConfig) -> float:
    """Return the loss that is tolerated (0 for superiority).

    `auto` is half a point, or what the rows resolve with 80 % power where that is more. For a metric in the
    target's units half a point is half a percent of the dummy's error.
    """
    rule = config.gate.champion
    if rule.test == "superiority":
        return 0.0
    if rule.margin != "auto":
        return float(rule.margin)
    return max(HALF_A_POINT * unit_of_loss(evaluation), comparison.resolvable)


def unit_of_loss(evaluation: Evaluation) -> float:
    """Return what 1 means for this metric: 1, or the dummy's error for a metric in the target's units."""
    if METRICS[evaluation.metric].scaled:
        return abs(evaluation.dummy[evaluation.metric])
    return 1.0


def compared(name: str, found: Comparison | None, evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    """Judge the paired comparison with one reference.

    Pass when the lower bound (one-sided 97.5 %) clears the tolerated loss; fail when it does not and the
    candidate is shown to be worse (or, for superiority, not seen to be better); else inconclusive.
    """
    if found is None:
        return []
    if found.difference.low is None or found.blocks < LEAST_BLOCKS:
        return [_unknown(name, found)]
    tolerated = margin(found, evaluation, config)
    verdict = _verdict(found, tolerated, superiority=config.gate.champion.test == "superiority")
    return [
        Rule(
            name=name,
            value=found.difference.value,
            threshold=-tolerated if tolerated else 0.0,
            interval=(found.difference.low, found.difference.high),
            verdict=verdict,
            reason=_reason(found, tolerated, verdict),
            power=power(found, tolerated),
        )
    ]


def _verdict(found: Comparison, tolerated: float, *, superiority: bool) -> Verdict:
    low, high = found.difference.low or 0.0, found.difference.high or 0.0
    if low > -tolerated:
        return "pass"
    worse = found.difference.value <= 0 if superiority else high < 0
    return "fail" if worse else "inconclusive"


def _reason(found: Comparison, tolerated: float, verdict: Verdict) -> str:
    low, high = found.difference.low or 0.0, found.difference.high or 0.0
    says = (
        f"{found.metric} is {shown(found.candidate)} against {shown(found.other)} of {found.reference} "
        f"on {found.rows} rows ({found.blocks} blocks, {found.unit}); "
        f"the difference lies between {shown(low)} and {shown(high)}"
    )
    limit = f"a loss of {shown(tolerated)}" if tolerated else "no gain"
    if verdict == "pass":
        return f"{says}, which excludes {limit}."
    return f"{says}, which does not exclude {limit}" + (", and shows a loss." if high < 0 else ".")


def _unknown(name: str, found: Comparison) -> Rule:
    why = f"{found.blocks} blocks ({found.unit}) that {found.reference} never saw; {LEAST_BLOCKS} are needed"
    if found.blocks >= LEAST_BLOCKS:
        why = f"the rows that {found.reference} never saw give no interval"
    known = found.rows > 0 and found.difference.value == found.difference.value
    return Rule(
        name=name,
        value=found.difference.value if known else None,
        threshold=None,
        verdict="inconclusive",
        reason=f"Not comparable: {why}.",
    )


def slice_tests(evaluation: Evaluation, config: ProjectConfig) -> list[SliceTest]:
    """Test each slice for harm: a loss surely larger than `gate.slice_drop`, Holm-adjusted over the slices.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
    (1979), 65-70.
    """
    drop = config.gate.slice_drop
    if drop is None:
        return []
    allowed = drop * unit_of_loss(evaluation)
    found = [(s, s.versus) for s in evaluation.slices if s.versus is not None and s.versus.difference.low is not None]
    ordered = sorted(found, key=lambda pair: _chance(pair[1], allowed))
    tests, going = [], True
    for step, (part, versus) in enumerate(ordered):
        level = 1.0 - (1.0 - CONFIDENCE) / (len(ordered) - step)
        bound = upper(versus, level)
        going = going and bound < -allowed
        tests.append(
            SliceTest(
                column=part.column,
                value=part.value,
                rows=versus.rows,
                difference=versus.difference.value,
                upper=bound,
                catches=allowed + (student(level, versus.units) + student(POWER, versus.units)) * versus.deviation,
                verdict="fail" if going else "pass",
            )
        )
    return tests


def _chance(versus: Comparison, allowed: float) -> float:
    """Return how likely so large a loss is where the true loss is just allowed."""
    excess = versus.difference.value + allowed
    if versus.deviation == 0.0:
        return 0.0 if excess < 0 else 1.0
    return student_share(excess / versus.deviation, versus.units)


def sliced(tests: list[SliceTest], evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    """Judge all slices as one rule; there is none without a champion."""
    if config.gate.slice_drop is None or evaluation.versus_champion is None:
        return []
    allowed = config.gate.slice_drop * unit_of_loss(evaluation)
    if not tests:
        reason = f"No slice has {LEAST_BLOCKS} blocks that the champion never saw; harm to one would go unseen."
        return [Rule(name="slices", value=None, threshold=-allowed, verdict="pass", reason=reason)]
    worst = min(tests, key=lambda one: one.upper)
    harmed = [one for one in tests if one.verdict == "fail"]
    resolved = sum(one.catches <= 2 * allowed for one in tests)
    reason = (
        f"{len(harmed)} of {len(tests)} slices are surely worse by more than {shown(allowed)}; the worst is "
        f"{worst.column} = {worst.value} ({shown(worst.difference)}, at most {shown(worst.upper)}). "
        "A loss of "
        f"{shown(2 * allowed)} would be caught with 80 % power in {resolved} of them."
    )
    return [
        Rule(
            name="slices",
            value=worst.difference,
            threshold=-allowed,
            interval=(None, worst.upper),
            verdict="fail" if harmed else "pass",
            reason=reason,
        )
    ]
