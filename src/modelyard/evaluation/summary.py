"""A gate's result as Markdown, and the sentence about what its rows can resolve."""

import math

from modelyard.evaluation.blocks import LEAST_BLOCKS
from modelyard.evaluation.results import Evaluation, GateResult, HeldOut, Rule
from modelyard.evaluation.words_of_rules import few_blocks, shown

_MOST_SLICES = 10


def resolves(evaluation: Evaluation) -> str:
    """Return the sentence: the smallest loss that these rows can detect, against whom."""
    held_out = evaluation.held_out
    found = evaluation.versus_champion or evaluation.versus_dummy
    rows = f"{found.rows} rows ({found.blocks} blocks, {found.unit})"
    used = f"; they have given {held_out.used} verdicts" if held_out.used > 1 else ""
    if found.blocks < LEAST_BLOCKS:
        return f"Nothing can be resolved: {few_blocks(found)}{used}."
    if not math.isfinite(found.resolvable):
        return f"What {rows} can resolve is unknown: they give no interval{used}."
    smallest = f"{found.metric} of {shown(found.resolvable)}"
    if evaluation.versus_champion is not None:
        return f"These {rows} detect a loss in {smallest} against {found.reference} with 80 % power{used}."
    return f"These {rows} detect a difference in {smallest} from the dummy with 80 % power{used}."


def markdown(result: GateResult) -> str:
    """Return the verdict, a table of the rules, what could be resolved, and the worst slices."""
    lines = [
        f"### Gate: {result.verdict}",
        "",
        _about(result.held_out, result.champion, first=result.first_model),
        "",
        "| rule | verdict | value | threshold | interval | reason |",
        "| --- | --- | --- | --- | --- | --- |",
        *[_row(rule) for rule in result.rules],
        "",
        result.resolves,
        *_slices(result),
    ]
    return "\n".join(lines) + "\n"


def _about(held_out: HeldOut, champion: str | None, *, first: bool) -> str:
    span = f", {held_out.begins} to {held_out.ends}" if held_out.begins else ""
    how = "held-out rows" if held_out.method == "held_out" else "rows by repeated cross-validation"
    against = "no champion yet" if first else f"champion version {champion}"
    unit = _cell(held_out.unit)
    return f"Judged on {held_out.rows} {how} in {held_out.blocks} blocks ({unit}){span}; {against}."


def _row(rule: Rule) -> str:
    interval = "" if rule.interval is None else " to ".join(_number(bound) for bound in rule.interval)
    parts = [rule.name, rule.verdict, _number(rule.value), _number(rule.threshold), interval, rule.reason]
    return "| " + " | ".join(_cell(part) for part in parts) + " |"


def _slices(result: GateResult) -> list[str]:
    if not result.slices:
        return []
    worst = sorted(result.slices, key=lambda one: one.upper)[:_MOST_SLICES]
    rows = [
        f"| {_cell(one.column)} | {_cell(one.value)} | {one.rows} | {shown(one.difference)} "
        f"| {shown(one.upper)} | {shown(one.catches)} | {one.verdict} |"
        for one in worst
    ]
    return [
        "",
        f"The {len(worst)} slices that came off worst, of {len(result.slices)}:",
        "",
        "| column | value | rows | difference | upper bound (Holm) | loss caught with 80 % power | verdict |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *rows,
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else shown(value)


def _cell(text: str) -> str:
    """Keep a user's words from breaking the table."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
