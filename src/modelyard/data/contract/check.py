"""Checks a table against its contract: counts all in one pass, and takes a second only to show rows."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from modelyard.data.contract.columns import column_checks
from modelyard.data.contract.keys import is_hashed, repeated, surplus
from modelyard.data.contract.measures import Check, Measured, Measures
from modelyard.data.contract.model import Contract, Severity
from modelyard.data.contract.prepare import Field, Prepared, prepare, unreadable
from modelyard.data.contract.samples import samples as sample_rows
from modelyard.data.contract.tables import table_checks
from modelyard.data.load import Table
from modelyard.data.types import logical_type
from modelyard.record import Record

# looking for common parts among thousands of small aggregates costs more than it saves
_FLAGS = pl.QueryOptFlags(comm_subexpr_elim=False)


class Violation(Record):
    """A rule that the rows break.

    Attributes:
        rule: `missing_column`, `unknown_column`, `type_change`, `type`, `required`, `unique`, `primary_key`,
            or the rule's own name or kind.
        column: None for rules of the whole table.
        count: Rows (for columns that are missing or unknown: 1).
        sample: Up to a few rows, as read; values of personal columns are hidden.
    """

    rule: str
    column: str | None
    count: int
    severity: Severity
    message: str
    sample: list[dict[str, Any]] = []


class CheckResult(Record):
    """What a check found: passed means no violation of severity error. Errors come first."""

    passed: bool
    rows: int
    violations: list[Violation]


def check(contract: Contract, table: Table, *, samples: int = 5, now: dt.datetime | None = None) -> CheckResult:
    """Check every row of `table`; a file larger than memory is streamed.

    Args:
        contract: What must hold.
        table: The rows.
        samples: Rows to show per violation; 0 for none.
        now: The time that freshness counts from (naive means UTC); default the clock.

    Raises:
        RequestError: The rows cannot be read.
        OutsideError: The disk or the network failed.
    """
    prepared = prepare(contract, table)
    measures = Measures()
    checks = [c for f in prepared.fields.values() for c in column_checks(f, measures, _utc(now))]
    checks += table_checks(contract, prepared, measures)
    try:
        measured = _measure(prepared, measures)
        broken = list(_broken(checks, measured, prepared))
        shown = sample_rows(contract, prepared, [c for c, _ in broken], samples) if samples else [[]] * len(broken)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(table, contract, error) from error
    rows = measured["rows"]
    found = [*_of_schema(prepared, rows), *_of_rows(broken, shown, rows)]
    found.sort(key=lambda violation: violation.severity)  # stable, and "error" < "warning"
    return CheckResult(passed=not any(v.severity == "error" for v in found), rows=rows, violations=found)


def _utc(now: dt.datetime | None) -> dt.datetime:
    now = now or dt.datetime.now(dt.UTC)
    return now.astimezone(dt.UTC).replace(tzinfo=None) if now.tzinfo else now


def _measure(prepared: Prepared, measures: Measures) -> Measured:
    names = {f"{i}": name for i, name in enumerate(measures.expressions)}
    wanted = [expression.alias(i) for i, expression in zip(names, measures.expressions.values(), strict=True)]
    # rows already in memory need no streaming, and keep what polars knows of them (say, that they are sorted)
    engine = "in-memory" if prepared.in_memory else "streaming"
    row = prepared.frame.select(wanted).collect(engine=engine, optimizations=_FLAGS).row(0, named=True)
    return {name: row[i] if row[i] is not None else _nothing(name) for i, name in names.items()}


def _nothing(name: str) -> int | None:
    """Return what a measure without a value means: no rows to count, or no newest value."""
    return None if name.startswith("newest ") else 0


def _broken(checks: Sequence[Check], measured: Measured, prepared: Prepared) -> Iterator[tuple[Check, int]]:
    for each in checks:
        count = each.count(measured)
        fields = [prepared.fields[name] for name in each.key]
        if count and fields and is_hashed(fields):
            count = surplus(repeated(prepared.frame, fields)).collect(engine="streaming").item()
        if count:
            soft = each.tolerated and count <= each.tolerated * measured["rows"]
            yield (replace(each, severity="warning") if soft else each), count


def _of_rows(
    broken: Sequence[tuple[Check, int]], shown: Sequence[list[dict[str, Any]]], rows: int
) -> Iterator[Violation]:
    for (each, count), sample in zip(broken, shown, strict=True):
        yield Violation(
            rule=each.rule,
            column=each.column,
            count=count,
            severity=each.severity,
            message=each.message(count, rows),
            sample=sample,
        )


def _of_schema(prepared: Prepared, rows: int) -> Iterator[Violation]:
    for column in prepared.absent:
        message = "the contract names this column, and the table lacks it"
        yield Violation(rule="missing_column", column=column.name, count=1, severity="error", message=message)
    for field in prepared.fields.values():
        if field.changed:
            yield _changed(field, rows)
    for name in prepared.unknown:
        message = "the table has this column, and the contract does not name it"
        yield Violation(rule="unknown_column", column=name, count=1, severity="warning", message=message)


def _changed(field: Field, rows: int) -> Violation:
    found = logical_type(field.found)
    return Violation(
        rule="type_change",
        column=field.column.name,
        count=max(rows, 1),
        severity="error",
        message=f"the column holds {found} ({field.found}), the contract says {field.column.type}",
    )
