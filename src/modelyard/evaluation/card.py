"""The model card of a version: what it is for, how well it does, and where it does not, as Markdown."""

import re

from modelyard.evaluation import words
from modelyard.evaluation.results import Estimate, Evaluation, GateResult, Slice
from modelyard.record import Record

_MOST_SLICES = 5


class About(Record):
    """What the card says besides the numbers."""

    project: str
    version: str  # "3", or "candidate"
    target: str
    features: list[str]
    created: str = ""  # ISO time, UTC
    estimator: str = ""
    parameters: dict[str, str | int | float | bool | None] = {}
    rows: int | None = None  # the version was fitted on
    source: str = ""
    snapshot: str = ""
    commit: str = ""
    sha256: str = ""
    personal: list[str] = []  # names of columns left out
    libraries: dict[str, str] = {}


def card(evaluation: Evaluation, gate: GateResult | None, about: About) -> str:
    """Return the card.

    Args:
        evaluation: What was measured on held-out rows.
        gate: The verdict, if it was judged.
        about: Identity and origin of the version.
    """
    parts = [
        f"# {_plain(about.project)}, version {_plain(about.version)}\n",
        _purpose(evaluation, about),
        _performance(evaluation),
        _weak_spots(evaluation),
        _fairness(evaluation),
        _gate(gate),
        _data(evaluation, about),
        _limits(evaluation),
        _origin(evaluation, about),
    ]
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _purpose(evaluation: Evaluation, about: About) -> str:
    task = {
        "binary": "decides between two classes of",
        "multiclass": f"tells {len(evaluation.classes)} classes apart of",
        "regression": "estimates the number",
    }[evaluation.task]
    lines = [f"The model {task} {_code(about.target)} from {words.plural(len(about.features), 'column')}."]
    if evaluation.positive is not None:
        lines.append(f"Positive class: {_code(evaluation.positive)}.")
    if evaluation.threshold is not None:
        lines.append(f"It decides for it from a probability of {words.number(evaluation.threshold)}.")
    return "## What it does\n\n" + " ".join(lines) + "\n"


def _performance(evaluation: Evaluation) -> str:
    held = evaluation.held_out
    when = f", {held.begins} to {held.ends}" if held.begins and held.ends else ""
    how = "repeated cross-validation on" if held.method == "repeated_cv" else "on"
    rows = [
        [
            words.metric(name),
            _estimate(found),
            words.interval(found.value, found.low, found.high) or words.NONE,
            _dummy(evaluation, name),
        ]
        for name, found in sorted(evaluation.metrics.items(), key=lambda item: item[0] != evaluation.metric)
    ]
    rows += [
        [_plain(name), words.number(value), words.NONE, words.NONE] for name, value in evaluation.user_metrics.items()
    ]
    said = (
        f"Measured {how} {words.plural(held.rows, 'held-out row')}{when}; "
        f"intervals resample {words.plural(held.blocks, 'block')} of one {_plain(held.unit)}.\n"
    )
    return "## How well\n\n" + said + "\n" + _table(["metric", "model", "95 % interval", "dummy"], rows)


def _dummy(evaluation: Evaluation, name: str) -> str:
    return words.number(evaluation.dummy.get(name))


def _weak_spots(evaluation: Evaluation) -> str:
    if not evaluation.slices:
        return ""
    ranked = sorted(evaluation.slices, key=lambda part: part.metric.value, reverse=not evaluation.greater_is_better)
    rows = [_slice(part) for part in ranked[:_MOST_SLICES]]
    head = ["rows where", f"{words.metric(evaluation.metric)}", "95 % interval", "rows"]
    return f"## Where it is weakest\n\n{_table(head, rows)}"


def _slice(part: Slice) -> list[str]:
    found = part.metric
    ends = words.interval(found.value, found.low, found.high) or words.NONE
    return [f"{_code(part.column)} is {_code(part.value)}", _estimate(found), ends, f"{part.rows:,}"]


def _fairness(evaluation: Evaluation) -> str:
    if not evaluation.fairness:
        return ""
    rows = [
        [_code(found.column), _plain(found.rate), _estimate(found.gap), str(len(found.groups))]
        for found in evaluation.fairness
    ]
    return "## Between groups\n\n" + _table(["column", "rate", "largest gap", "groups"], rows)


def _gate(gate: GateResult | None) -> str:
    if gate is None:
        return ""
    against = f" against version {_plain(gate.champion)}" if gate.champion else ""
    rows = [[_plain(rule.name), rule.verdict, _plain(rule.reason)] for rule in gate.rules]
    first = f"The gate's verdict{against}: **{gate.verdict}**. {_plain(gate.resolves)}\n\n"
    return "## The gate\n\n" + first + _table(["rule", "verdict", "reason"], rows)


def _data(evaluation: Evaluation, about: About) -> str:
    lines = [f"- Source: {_code(about.source)}"] if about.source else []
    if about.rows is not None:
        lines.append(f"- Fitted on {words.plural(about.rows, 'row')}")
    lines.append(f"- Features: {', '.join(_code(name) for name in about.features) or 'none'}")
    if about.personal:
        lines.append(f"- Left out as personal: {', '.join(_code(name) for name in about.personal)}")
    if evaluation.held_out.positives is not None and evaluation.held_out.rows:
        share = evaluation.held_out.positives / evaluation.held_out.rows
        lines.append(f"- Positive among held-out rows: {words.percent(share)}")
    return "## Data\n\n" + "\n".join(lines) + "\n"


def _limits(evaluation: Evaluation) -> str:
    lines = [f"- {_plain(warning)}" for warning in evaluation.warnings]
    if not evaluation.parity.passed or evaluation.parity.served == "python":
        lines.append(f"- Served as {evaluation.parity.served}: {_plain(evaluation.parity.reason or 'not converted')}")
    lines.append("- The numbers hold for rows like the held-out ones; watch drift before trusting them elsewhere.")
    return "## Limits\n\n" + "\n".join(lines) + "\n"


def _origin(evaluation: Evaluation, about: About) -> str:
    latency = evaluation.latency
    facts = {
        "created": about.created,
        "estimator": about.estimator,
        "parameters": ", ".join(f"{key}={value}" for key, value in about.parameters.items()),
        "snapshot": about.snapshot,
        "commit": about.commit,
        "sha256": about.sha256,
        "served size": words.size(evaluation.size_bytes),
        "one row takes": f"{words.number(latency.p50_ms)} ms (p99 {words.number(latency.p99_ms)} ms)",
        "libraries": ", ".join(f"{name} {version}" for name, version in about.libraries.items()),
    }
    rows = [[name, _code(value)] for name, value in facts.items() if value]
    return "## Origin\n\n" + _table(["", ""], rows)


def _estimate(found: Estimate) -> str:
    return words.fixed(found.value, words.places(found.value, found.low, found.high))


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _one_line(text: object) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


def _plain(text: object) -> str:
    """Return text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>|#~$])", r"\\\1", _one_line(text))


def _code(text: object) -> str:
    """Return a code span that holds any text, backticks and table bars included."""
    words_in = _one_line(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", words_in)), default=0)
    fence = "`" * (longest + 1)
    space = " " if words_in.startswith("`") or words_in.endswith("`") or not words_in else ""
    return f"{fence}{space}{words_in}{space}{fence}"
