"""Says what is wrong with a contract's rules before any data is read."""

import datetime as dt
from collections.abc import Iterator
from typing import TypeGuard

from modelyard.data.contract.model import COLUMN_KINDS, TABLE_KINDS, Column, Contract, Rule, Scalar
from modelyard.data.contract.sql import sql_problem
from modelyard.data.types import epoch

_BOUNDS = ("minimum", "maximum")
_LENGTHS = ("min_length", "max_length")
_SHARES = ("missing_share", "unreadable_share")
_PAIRS = (_BOUNDS, _LENGTHS, ("row_count_min", "row_count_max"))
_TYPES: dict[str, tuple[str, ...]] = {
    "minimum": ("integer", "number", "date", "timestamp"),
    "maximum": ("integer", "number", "date", "timestamp"),
    "min_length": ("string",),
    "max_length": ("string",),
    "pattern": ("string",),
    "freshness_hours": ("date", "timestamp"),
    "allowed": ("string", "integer", "number", "boolean"),
}


def column_problems(column: Column) -> list[str]:
    """Return what is wrong with a column's format and rules; empty when nothing is."""
    found = [problem for rule in column.rules for problem in _of_column(rule, column)]
    return [*_of_format(column), *found, *_crossed(column.rules)]


def table_problems(contract: Contract) -> list[str]:
    """Return what is wrong with the table's rules; empty when nothing is."""
    found = [problem for rule in contract.rules for problem in _of_table(rule, contract)]
    return [*found, *_crossed(contract.rules)]


def _of_format(column: Column) -> Iterator[str]:
    if epoch(column.format) is not None and column.type != "timestamp":
        yield (
            f"{column.format} is a format of timestamps: write logicalType: timestamp, or leave it out of a column of "
            f"type {column.type}"
        )


def _of_column(rule: Rule, column: Column) -> Iterator[str]:
    if rule.kind not in COLUMN_KINDS:
        yield f"{rule.kind} is a rule for the table, not for a column"
        return
    if column.type not in _TYPES.get(rule.kind, (column.type,)):
        yield f"{rule.kind} does not apply to a column of type {column.type}"
        return
    problem = _value_problem(rule, column)
    if problem:
        yield f"{rule.kind}: {problem}"


def _value_problem(rule: Rule, column: Column) -> str | None:
    value = rule.value
    if rule.kind in _BOUNDS:
        return _scalar_problem(value, column.type)
    if rule.kind == "allowed":
        return _allowed_problem(value, column.type)
    if rule.kind == "pattern":
        return _pattern_problem(value)
    if rule.kind in _LENGTHS:
        return None if _count(value) else f"must be a whole number from 0 on (found {value!r})"
    if rule.kind in _SHARES:
        return None if _number(value) and 0 <= value <= 1 else f"must be a share from 0 to 1 (found {value!r})"
    return None if _number(value) and value > 0 else f"must be a number of hours above 0 (found {value!r})"


def _of_table(rule: Rule, contract: Contract) -> Iterator[str]:
    if rule.kind not in TABLE_KINDS:
        yield f"{rule.kind} is a rule for a column, not for the table"
    elif rule.kind == "sql":
        problem = sql_problem(rule.value, contract)
        if problem:
            yield f"sql: {problem}"
    elif rule.kind == "unique_together":
        yield from _together_problems(rule.value, contract)
    elif not _count(rule.value):
        yield f"{rule.kind}: must be a whole number from 0 on (found {rule.value!r})"


def _together_problems(value: object, contract: Contract) -> Iterator[str]:
    if not isinstance(value, tuple) or not value:
        yield f"unique_together: must be a list of columns (found {value!r})"
        return
    known = {column.name for column in contract.columns}
    for name in value:
        if name not in known:
            yield f"unique_together: the contract has no column {name!r}"
    if len(set(value)) < len(value):
        yield f"unique_together: names a column twice (found {list(value)!r})"


def _crossed(rules: tuple[Rule, ...]) -> Iterator[str]:
    for low, high in _PAIRS:
        for severity in ("error", "warning"):
            ends = {rule.kind: rule.value for rule in rules if rule.severity == severity and not rule.name}
            try:
                crossed = low in ends and high in ends and ends[low] > ends[high]  # ty: ignore[unsupported-operator]
            except TypeError:  # already reported as a value of the wrong type
                continue
            if crossed:
                yield f"{low} {ends[low]!r} is above {high} {ends[high]!r}"


def _allowed_problem(value: object, kind: str) -> str | None:
    if not isinstance(value, tuple) or not value:
        return f"must be a list of values that is not empty (found {value!r})"
    wrong = [problem for item in value if (problem := _item_problem(item, kind))]
    return "; ".join(wrong[:3]) or None


def _item_problem(item: Scalar, kind: str) -> str | None:
    problem = _scalar_problem(item, kind)
    if problem or kind != "integer":
        return problem
    if not isinstance(item, int):
        return f"{item!r} is not a whole number"
    return None if -(2**63) <= item < 2**63 else f"{item!r} does not fit into 64 bits"


def _scalar_problem(value: Scalar | tuple[Scalar, ...], kind: str) -> str | None:
    if kind == "string":
        return None if isinstance(value, str) else f"{value!r} is not text; put it in quotes"
    if kind == "boolean":
        return None if isinstance(value, bool) else f"{value!r} is not true or false"
    if kind in ("date", "timestamp"):
        return None if moment(value) else f"{value!r} is not an ISO date such as 2026-01-31"
    if not _number(value):
        return f"{value!r} is not a number"
    if value != value:  # noqa: PLR0124 - NaN
        return "NaN cannot be compared with"
    return None


def moment(value: object) -> dt.datetime | None:
    """Read an ISO date or time as a naive UTC time; None where it is neither."""
    try:
        found = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or found.tzinfo is None:
        return found
    return found.astimezone(dt.UTC).replace(tzinfo=None)


def _pattern_problem(value: object) -> str | None:
    import polars as pl

    if not isinstance(value, str):
        return f"must be a regular expression (found {value!r})"
    try:
        pl.Series(["x"]).str.contains(value)
    except pl.exceptions.PolarsError as error:
        reason = [line for line in str(error).splitlines() if line.startswith("error: ")]
        why = reason[0].removeprefix("error: ") if reason else "not a regular expression"
        return f"{value!r} is not a usable regular expression: {why}"
    return None


def _number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
