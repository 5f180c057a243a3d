"""The rules of the gate that are a value against a threshold, or an interval against one."""

import math

from modelyard.config.model import ProjectConfig
from modelyard.evaluation.blocks import LEAST_BLOCKS
from modelyard.evaluation.metrics import find
from modelyard.evaluation.results import Evaluation, Rule, Verdict
from modelyard.evaluation.words_of_rules import few_blocks, shown


def floors(evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    """Judge each floor by the bound of the metric's interval that lies on its side."""
    return [_floor(name, floor, evaluation) for name, floor in config.gate.floors.items()]


def _floor(name: str, floor: float, evaluation: Evaluation) -> Rule:
    metric = find(name, evaluation.task)
    estimate = evaluation.metrics[metric.name]
    bound = estimate.low if metric.greater_is_better else estimate.high
    word = "floor" if metric.greater_is_better else "ceiling"
    side = "lower" if metric.greater_is_better else "upper"
    says = f"{name} is {shown(estimate.value)}"
    if math.isnan(estimate.value):
        verdict, reason = "inconclusive", f"{name} cannot be measured on these rows."
    elif metric.sign * (estimate.value - floor) < 0:
        verdict, reason = "fail", f"{says}, on the wrong side of the {word} {shown(floor)}."
    elif evaluation.held_out.blocks < LEAST_BLOCKS:
        verdict, reason = "inconclusive", f"{says}, but {few_blocks(evaluation.held_out)}."
    elif bound is None:
        verdict, reason = "inconclusive", f"{says}, but these rows give no interval."
    elif metric.sign * (bound - floor) >= 0:
        verdict, reason = (
            "pass",
            f"{says}, and its {side} bound {shown(bound)} clears the {word} {shown(floor)}.",
        )
    else:
        verdict = "inconclusive"
        reason = f"{says}, but its {side} bound {shown(bound)} does not clear the {word} {shown(floor)}."
    return Rule(
        name=f"floor:{name}",
        value=estimate.value,
        threshold=floor,
        interval=(estimate.low, estimate.high),
        verdict=verdict,
        reason=reason,
    )


def beats_dummy(evaluation: Evaluation) -> Rule:
    """Judge whether the model is shown to be better than the best constant answer."""
    found = evaluation.versus_dummy
    difference, low = found.difference, found.difference.low
    says = f"{found.metric} is {shown(found.candidate)}, the dummy's {shown(found.other)}"
    if math.isnan(difference.value):
        verdict, reason = "inconclusive", f"{found.metric} cannot be measured on these rows."
    elif difference.value <= 0:
        verdict, reason = "fail", f"{says}: no better than an answer that ignores the row."
    elif evaluation.held_out.blocks < LEAST_BLOCKS:
        verdict, reason = "inconclusive", f"{says}, but {few_blocks(evaluation.held_out)}."
    elif low is None:
        verdict, reason = "inconclusive", f"{says}, but these rows give no interval."
    elif low > 0:
        verdict, reason = "pass", f"{says}: better by at least {shown(low)}."
    else:
        verdict, reason = "inconclusive", f"{says}, but the gain may be as small as {shown(low)}."
    return Rule(
        name="beats-dummy",
        value=difference.value,
        threshold=0.0,
        interval=(low, difference.high),
        verdict=verdict,
        reason=reason,
    )


def calibration(evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    """Judge the expected calibration error, where a limit is set and the task has one."""
    limit, error = config.gate.calibration_error, evaluation.calibration_error
    if limit is None or evaluation.task == "regression":
        return []
    says = f"Expected calibration error is {'unknown' if error is None else shown(error)}"
    if error is None or evaluation.held_out.blocks < LEAST_BLOCKS:
        verdict, reason = "inconclusive", f"{says}; {few_blocks(evaluation.held_out)}."
    else:
        verdict = "pass" if error <= limit else "fail"
        reason = f"{says}; at most {shown(limit)} is allowed."
    return [Rule(name="calibration", value=error, threshold=limit, verdict=verdict, reason=reason)]


def fairness(evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    """Judge each gap between groups: fail where surely too large, inconclusive where not surely so."""
    if not config.gate.fairness:
        return []
    limit = config.evaluation.fairness.max_gap
    rules = []
    for found in evaluation.fairness:
        gap = found.gap
        says = f"The gap in {found.rate} between groups of {found.column!r} is {shown(gap.value)}"
        verdict: Verdict
        if evaluation.held_out.blocks < LEAST_BLOCKS:
            verdict, reason = "inconclusive", f"{says}, but {few_blocks(evaluation.held_out)}."
        elif gap.value <= limit:
            verdict, reason = "pass", f"{says}; at most {shown(limit)} is allowed."
        elif gap.low is not None and gap.low > limit:
            verdict, reason = "fail", f"{says}, surely above {shown(limit)} (at least {shown(gap.low)})."
        else:
            verdict, reason = "inconclusive", f"{says}, above {shown(limit)}, but not surely."
        rules.append(
            Rule(
                name=f"fairness:{found.column}:{found.rate}",
                value=gap.value,
                threshold=limit,
                interval=(gap.low, gap.high),
                verdict=verdict,
                reason=reason,
            )
        )
    return rules


def latency(evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    """Judge the 99th percentile of scoring one row."""
    limit, p99 = config.gate.latency_ms, evaluation.latency.p99_ms
    if limit is None:
        return []
    calls = evaluation.latency.calls
    reason = f"99 % of {calls} calls score one row within {p99:.3g} ms; at most {limit:g} ms is allowed."
    return [Rule(name="latency", value=p99, threshold=limit, verdict=_within(p99, limit), reason=reason)]


def size(evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    """Judge the size of the served model."""
    limit = config.gate.size_mb
    if limit is None:
        return []
    megabytes = evaluation.size_bytes / 1e6
    reason = f"The served model has {megabytes:.3g} MB; at most {limit:g} MB is allowed."
    return [Rule(name="size", value=megabytes, threshold=limit, verdict=_within(megabytes, limit), reason=reason)]


def parity(evaluation: Evaluation, config: ProjectConfig) -> Rule:
    """Judge whether the served form gives the trained model's answers."""
    found = evaluation.parity
    share = found.differing / found.rows if found.rows else 0.0
    reason = (
        f"{found.differing} of {found.rows} rows differ by more than 0.0001 between trained and served form "
        f"(largest {found.largest:.2g}, {found.flips} decisions changed); served as {found.served}."
    )
    ok = found.passed or found.served == "python"
    if config.serving.require_onnx and found.served != "onnx":
        ok, reason = (
            False,
            f"serving.require_onnx is set, but the model is served as {found.served}: {found.reason}",
        )
    return Rule(name="parity", value=share, threshold=0.0001, verdict="pass" if ok else "fail", reason=reason.strip())


def _within(value: float, limit: float) -> Verdict:
    return "pass" if value <= limit else "fail"
