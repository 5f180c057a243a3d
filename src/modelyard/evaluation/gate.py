"""The gate: rules of `modelyard.yaml` on an evaluation, and their verdict."""

from typing import Literal

from modelyard.config.model import ProjectConfig
from modelyard.evaluation import references, rules
from modelyard.evaluation.references import slice_tests
from modelyard.evaluation.results import Evaluation, GateResult, Rule
from modelyard.evaluation.summary import markdown, resolves

__all__ = ["judge", "markdown"]


def judge(evaluation: Evaluation, config: ProjectConfig, *, generation: int, sample: bool = False) -> GateResult:
    """Judge a candidate.

    One failed rule fails it. An inconclusive one blocks too, except for a first model, which has nothing to
    protect. `sample` keeps only the rules beats-dummy and parity.

    Raises:
        RequestError: When a floor names an unknown metric.
    """
    first = evaluation.versus_champion is None
    tests = [] if sample else slice_tests(evaluation, config)
    judged = _sample_rules(evaluation, config) if sample else _rules(evaluation, config)
    if not sample:
        judged += references.sliced(tests, evaluation, config)
    return GateResult(
        verdict=_verdict(judged, first=first),
        rules=judged,
        champion=evaluation.champion,
        generation=generation,
        held_out=evaluation.held_out,
        resolves=resolves(evaluation),
        first_model=first,
        slices=tests,
    )


def _sample_rules(evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    dummy = [rules.beats_dummy(evaluation)] if config.gate.beats_dummy else []
    return dummy + ([rules.parity(evaluation, config)] if config.gate.parity else [])


def _rules(evaluation: Evaluation, config: ProjectConfig) -> list[Rule]:
    dummy = [rules.beats_dummy(evaluation)] if config.gate.beats_dummy else []
    return [
        *rules.floors(evaluation, config),
        *dummy,
        *references.compared("champion", evaluation.versus_champion, evaluation, config),
        *references.compared("pinned", evaluation.versus_pinned, evaluation, config),
        *rules.calibration(evaluation, config),
        *rules.fairness(evaluation, config),
        *rules.latency(evaluation, config),
        *rules.size(evaluation, config),
        *([rules.parity(evaluation, config)] if config.gate.parity else []),
    ]


def _verdict(judged: list[Rule], *, first: bool) -> Literal["passed", "failed", "inconclusive"]:
    verdicts = {rule.verdict for rule in judged}
    if "fail" in verdicts:
        return "failed"
    return "inconclusive" if "inconclusive" in verdicts and not first else "passed"
