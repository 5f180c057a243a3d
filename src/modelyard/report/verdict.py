"""The first thing on the page: what the gate said, in one line, or how far the project is."""

from dataclasses import dataclass
from typing import Literal

from modelyard.evaluation import words
from modelyard.report.data import ReportData

Tone = Literal["good", "bad", "warn", "plain"]


@dataclass(frozen=True)
class Banner:
    """A headline, a sentence, and how it looks."""

    tone: Tone
    mark: str
    headline: str
    sentence: str


def banner(data: ReportData) -> Banner:
    """Return the verdict, or the next step of a project that has none."""
    if data.gate is not None:
        return _judged(data)
    if data.check is not None and not data.check.passed:
        broken = sum(violation.severity == "error" for violation in data.check.violations)
        said = f"{words.plural(broken, 'rule')} of the contract broken; nothing was trained."
        return Banner("bad", "✕", "The data breaks its contract", said)
    if data.evaluation is not None:
        return Banner("plain", "○", "Measured, not judged yet", "Run “modelyard gate” for a verdict.")
    if data.check is not None or data.profile is not None:
        return Banner("plain", "○", "No model yet", "The data is here. Run “modelyard run” to train and judge a model.")
    return Banner("plain", "○", "No data yet", "Run “modelyard run”: this page fills as the stages finish.")


def _judged(data: ReportData) -> Banner:
    gate = data.gate
    if gate is None:
        raise ValueError("a verdict needs a gate")
    counts = {verdict: sum(rule.verdict == verdict for rule in gate.rules) for verdict in ("fail", "inconclusive")}
    total = words.plural(len(gate.rules), "rule")
    against = f"compared with version {gate.champion}" if gate.champion else "with no champion to compare with"
    if gate.verdict == "passed":
        open_ones = f" ({counts['inconclusive']} could not be decided)" if counts["inconclusive"] else ""
        return Banner("good", "✓", "Passed the gate", f"{total} held{open_ones}, {against}.")
    if gate.verdict == "failed":
        return Banner(
            "bad",
            "✕",
            "Failed the gate",
            f"{counts['fail']} of {total} failed, {against}. Nothing was registered.",
        )
    open_ones = f"{counts['inconclusive']} of {total} could not be decided on these rows"
    said = f"{open_ones}, {against}. Nothing was registered."
    return Banner("warn", "?", "Inconclusive", said)
