"""What a single value must be, by the contract's rules of severity `error`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl

from modelyard.data.contract import Column, Rule
from modelyard.data.contract.rules import moment

Limit = Callable[[Any], str | None]
"""A typed value -> what is wrong with it, or None."""

_DATE_LENGTH = len("2026-01-31")


def limits(column: Column) -> tuple[Limit, ...]:
    """Return the rules that can refuse a value of `column`; rules over many values and warnings cannot."""
    return tuple(_LIMITS[r.kind](r, column) for r in column.rules if r.severity == "error" and r.kind in _LIMITS)


def warnings(column: Column) -> tuple[tuple[str, Limit], ...]:
    """Return the rules that call a value of `column` unusual without refusing it, each with its kind."""
    return tuple(
        (r.kind, _LIMITS[r.kind](r, column)) for r in column.rules if r.severity == "warning" and r.kind in _LIMITS
    )


def forbids_null(column: Column) -> bool:
    """Say whether the contract wants a value in every row."""
    none = any(r.kind == "missing_share" and r.severity == "error" and r.value == 0 for r in column.rules)
    return column.required or column.primary_key or none


def _minimum(rule: Rule, column: Column) -> Limit:
    low = bound(rule, column)
    return lambda value: f"is below the minimum {rule.value}" if value < low else None


def _maximum(rule: Rule, column: Column) -> Limit:
    high = bound(rule, column)
    return lambda value: f"is above the maximum {rule.value}" if value > high else None


def bound(rule: Rule, column: Column) -> Any:  # noqa: ANN401 - of the column's type
    """Return what a minimum or maximum compares values with; a day named as the last one counts whole."""
    if column.type not in {"date", "timestamp"}:
        return rule.value
    when = moment(rule.value)
    assert when is not None  # noqa: S101 - checked when the contract was loaded
    if column.type == "date":
        return when.date()
    whole_day = rule.kind == "maximum" and len(str(rule.value)) == _DATE_LENGTH
    return when + dt.timedelta(days=1, microseconds=-1) if whole_day else when


def _allowed(rule: Rule, column: Column) -> Limit:  # noqa: ARG001 - one shape for all rules
    values = frozenset(rule.value) if isinstance(rule.value, tuple) else frozenset([rule.value])
    return lambda value: None if value in values else f"is none of the {len(values)} allowed values"


def _pattern(rule: Rule, column: Column) -> Limit:  # noqa: ARG001
    pattern = str(rule.value)

    def check(value: str) -> str | None:
        # polars' own dialect: Python's `re` reads some patterns otherwise
        found = pl.Series([value], dtype=pl.String).str.contains(pattern).item()
        return None if found else f"does not match the pattern {pattern}"

    return check


def _min_length(rule: Rule, column: Column) -> Limit:  # noqa: ARG001
    least = int(str(rule.value))
    return lambda value: f"is shorter than {least} characters" if len(value) < least else None


def _max_length(rule: Rule, column: Column) -> Limit:  # noqa: ARG001
    most = int(str(rule.value))
    return lambda value: f"is longer than {most} characters" if len(value) > most else None


_LIMITS: dict[str, Callable[[Rule, Column], Limit]] = {
    "minimum": _minimum,
    "maximum": _maximum,
    "allowed": _allowed,
    "pattern": _pattern,
    "min_length": _min_length,
    "max_length": _max_length,
}
