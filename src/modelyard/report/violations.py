"""The broken rules of the contract as they are shown: counted, with sample rows, without personal values."""

from dataclasses import dataclass

from modelyard.evaluation import words
from modelyard.report.data import ReportData
from modelyard.report.facts import row_count

_MOST_COLUMNS = 8
_LONGEST = 60


@dataclass(frozen=True)
class Broken:
    """One violation."""

    rule: str
    column: str
    count: int
    share: str
    severity: str
    message: str
    head: list[str]
    rows: list[list[str]]


def violations(data: ReportData) -> list[Broken]:
    """Return the violations, errors first, then by how many rows they touch."""
    if data.check is None:
        return []
    hidden = {column.name for column in (data.contract.columns if data.contract else ()) if column.personal}
    rows = row_count(data) or 0
    ranked = sorted(data.check.violations, key=lambda found: (found.severity != "error", -found.count))
    shown = []
    for found in ranked:
        head = _head(found.sample, found.column)
        shown.append(
            Broken(
                rule=found.rule,
                column=found.column or "",
                count=found.count,
                share=words.percent(found.count / rows) if rows else "",
                severity=found.severity,
                message=found.message,
                head=head,
                rows=[[_cell(row.get(name), hide=name in hidden) for name in head] for row in found.sample],
            )
        )
    return shown


def _head(sample: list[dict[str, object]], column: str | None) -> list[str]:
    """Return the columns to show: the one in question first."""
    names = list(dict.fromkeys(name for row in sample for name in row))
    return sorted(names, key=lambda name: name != column)[:_MOST_COLUMNS]


def _cell(value: object, *, hide: bool) -> str:
    if hide:
        return "hidden"
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
