"""What a row must be: the contract's rules of severity error that a single row can break, as polars expressions.

They refuse what the server refuses. Rules over many rows (shares, uniqueness, row counts) ask nothing of a batch.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

import polars as pl

from modelyard.data.contract import Contract
from modelyard.data.contract.bounds import breaks
from modelyard.data.contract.prepare import Field, Prepared
from modelyard.errors import OutcomeError
from modelyard.serving.fields import Field as Asked
from modelyard.serving.limits import forbids_null

_BY_VALUE = {"minimum", "maximum", "allowed", "pattern", "min_length", "max_length"}
_OVER_ROWS = frozenset({"Agg", "Over", "Window", "Rolling", "Len"})


@dataclass(frozen=True)
class RowRule:
    """One thing that a row can break.

    Attributes:
        rule: As `data check` names it.
        column: None for a condition on several columns.
        message: The end of a sentence that begins with the value; holds no value of a personal column.
        bad: True where a row breaks it; never null.
        tolerated: Share of rows that may break it, for values that are then read as missing.
    """

    rule: str
    column: str | None
    message: str
    bad: pl.Expr
    tolerated: float = 0.0


def check_columns(prepared: Prepared, asked: Collection[Asked], source: str) -> None:
    """Refuse a table whose columns cannot be what the model reads.

    Raises:
        OutcomeError: One is absent, or of another type throughout.
    """
    absent = [f.column.name for f in asked if f.needed and f.column.name not in prepared.fields]
    if absent:
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        raise OutcomeError(
            f"{source} lacks {', '.join(map(repr, absent[:5]))}{more}, which the model reads.",
            "Add what is absent, empty where unknown.",
            code="missing_column",
        )
    for field in prepared.fields.values():
        if field.changed:
            raise OutcomeError(
                f"Column {field.column.name!r} of {source} holds {field.found}, the contract says {field.column.type}.",
                "Write it with the contract's type.",
                code="type_change",
            )


def row_rules(contract: Contract, prepared: Prepared, asked: Collection[Asked]) -> list[RowRule]:
    """Return what can refuse a row of this table, in the contract's order."""
    wanted = {f.column.name for f in asked if not f.nullable}
    found = [_of_column(field, wanted=name in wanted) for name, field in prepared.fields.items()]
    return [*chain.from_iterable(found), *_of_table(contract, prepared)]


def _of_column(field: Field, *, wanted: bool) -> Iterator[RowRule]:
    column = field.column
    if wanted and forbids_null(column):
        label = "required" if column.required or column.primary_key else "missing_share"
        yield RowRule(label, column.name, "may not be missing", field.missing)
    if field.converts and field.found != pl.Null:
        limit = next((float(str(r.value)) for r in column.rules if r.kind == "unreadable_share"), 0.0)
        kind = f"{column.type} ({column.format})" if column.format else column.type
        bad = field.typed.is_null() & ~field.missing
        yield RowRule("type", column.name, f"is not of type {kind}", bad.fill_null(False), limit)
    for rule in column.rules:
        if rule.severity == "error" and rule.kind in _BY_VALUE:
            broken = breaks(rule, field)
            nan_passes = field.has_nan and broken.catches_nan
            bad = broken.condition & field.typed.is_not_nan() if nan_passes else broken.condition
            yield RowRule(rule.label, column.name, _singular(broken.words), bad.fill_null(False))


def _singular(words: str) -> str:
    return f"is {words.removeprefix('are ')}" if words.startswith("are ") else words.replace("do not", "does not", 1)


def _of_table(contract: Contract, prepared: Prepared) -> Iterator[RowRule]:
    for rule in contract.rules:
        if rule.kind != "sql" or rule.severity != "error":
            continue
        condition = pl.sql_expr(str(rule.value))
        if all(name in prepared.fields for name in condition.meta.root_names()) and _by_row(condition):
            yield RowRule(rule.label, None, f"breaks {rule.value}", (~condition).fill_null(False))


def _by_row(condition: pl.Expr) -> bool:
    """Say whether a condition looks at one row only: a mean would depend on where a batch ends."""
    return _OVER_ROWS.isdisjoint(_nodes(json.loads(condition.meta.serialize(format="json"))))


def _nodes(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(part)
