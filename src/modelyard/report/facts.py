"""The short facts of the page: the tiles on top, the sides of the split, the way from rows to version."""

import math
from dataclasses import dataclass

from modelyard.evaluation import words
from modelyard.report.data import ReportData


@dataclass(frozen=True)
class Fact:
    """A number that is read at a glance, with what it is and what qualifies it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Side:
    """One side of the split as it is drawn."""

    name: str
    rows: int
    share: float
    span: str


def tiles(data: ReportData) -> list[Fact]:
    """Return the facts on top of the page, as many as there are."""
    return [*_model_facts(data), *_data_facts(data)]


def _model_facts(data: ReportData) -> list[Fact]:
    evaluation = data.evaluation
    if evaluation is None:
        return []
    facts = []
    found = evaluation.metrics.get(evaluation.metric)
    if found is not None:
        ends = words.interval(found.value, found.low, found.high)
        value = words.fixed(found.value, words.places(found.value, found.low, found.high))
        facts.append(Fact(words.metric(evaluation.metric), value, f"{ends} (95 %)" if ends else ""))
    dummy = evaluation.dummy.get(evaluation.metric)
    if dummy is not None:
        facts.append(Fact("dummy baseline", words.number(dummy), words.metric(evaluation.metric)))
    blocks = evaluation.held_out
    note = f"in {words.plural(blocks.blocks, 'block')} of one {blocks.unit}" if blocks.unit != "row" else ""
    facts.append(Fact("held-out rows", words.number(blocks.rows), note))
    return facts


def _data_facts(data: ReportData) -> list[Fact]:
    facts = []
    rows = row_count(data)
    if rows is not None:
        facts.append(Fact("rows", words.number(rows)))
    if data.contract is not None:
        columns = len(data.contract.columns)
        personal = sum(column.personal for column in data.contract.columns)
        note = f"{personal} personal, never shown" if personal else ""
        facts.append(Fact("columns", words.number(columns), note))
    return facts


def row_count(data: ReportData) -> int | None:
    """Return the rows of the table, from whichever part knows them."""
    if data.rows is not None:
        return data.rows
    if data.check is not None:
        return data.check.rows
    return data.profile.rows if data.profile is not None else None


def split_parts(data: ReportData) -> list[Side]:
    """Return the sides of the split with their shares."""
    total = sum(part.rows for part in data.parts) or 1
    return [Side(part.name, part.rows, part.rows / total, _span(part.begins, part.ends)) for part in data.parts]


def _span(begins: str | None, ends: str | None) -> str:
    if begins is None or ends is None:
        return ""
    first, last = begins[:10], ends[:10]
    return first if first == last else f"{first} to {last}"


def importances(data: ReportData) -> list[Fact]:
    """Return the columns by how much the metric needs them, all with the same decimals."""
    found = sorted(data.evaluation.importance if data.evaluation else [], key=lambda part: -part.drop)
    largest = max((abs(part.drop) for part in found), default=0.0)
    digits = min(6, max(0, 2 - math.floor(math.log10(largest)))) if largest and math.isfinite(largest) else 3
    return [Fact(part.column, words.fixed(part.drop, digits), words.fixed(part.deviation, digits)) for part in found]


def trail(data: ReportData) -> list[Fact]:
    """Return the lineage's steps, long identities shortened."""
    return [Fact(step.label, _short(step.value), step.detail) for step in data.lineage]


def _short(identity: str) -> str:
    is_hash = len(identity) >= 32 and all(c in "0123456789abcdef" for c in identity)
    return identity[:12] if is_hash else identity
