"""Compiles what a contract says about one column."""

import datetime as dt
from collections.abc import Callable, Iterator

import polars as pl

from modelyard.data.contract.bounds import breaks
from modelyard.data.contract.measures import Check, Measured, Measures
from modelyard.data.contract.model import Column, Rule
from modelyard.data.contract.prepare import Field


def column_checks(f: Field, measures: Measures, now: dt.datetime) -> Iterator[Check]:
    """Yield the checks of a column, and put what they need into `measures`; `now` is naive UTC."""
    column = f.column
    missing = _missing(f, measures)
    if column.required or column.primary_key:
        yield Check(
            rule="required",
            column=column.name,
            severity="error",
            count=missing,
            message=lambda n, rows: f"{n:,} of {rows:,} values are missing",
            bad=f.missing,
            shown=(column.name,),
        )
    if f.converts:
        yield _type_check(f, missing, measures)
    for rule in column.rules:
        if rule.kind == "missing_share":
            yield _missing_share(rule, f, missing)
        elif rule.kind == "freshness_hours":
            yield _freshness(rule, f, measures, now)
        elif rule.kind != "unreadable_share":
            yield _value_check(rule, f, measures)


def _missing(f: Field, measures: Measures) -> Callable[[Measured], int]:
    """Count missing values: nulls and NaNs apart, because both counts are cheap and neither needs a mask."""
    name = f.column.name
    if f.converts or f.text:
        counted = measures.add(f"missing {name}", f.missing.sum())
        return lambda m: m[counted]
    nulls = measures.add(f"nulls {name}", f.typed.null_count())
    if not f.has_nan:
        return lambda m: m[nulls]
    nans = _nans(f, measures)
    return lambda m: m[nulls] + m[nans]


def _nans(f: Field, measures: Measures) -> str:
    return measures.add(f"nans {f.column.name}", f.typed.is_nan().sum())


def _type_check(f: Field, missing: Callable[[Measured], int], measures: Measures) -> Check:
    column = f.column
    empty = measures.add(f"nulls {column.name}", f.typed.null_count())
    limit = next((float(str(rule.value)) for rule in column.rules if rule.kind == "unreadable_share"), 0.0)
    return Check(
        rule="type",
        column=column.name,
        severity="error",
        count=lambda m: m[empty] - missing(m),
        message=lambda n, rows: f"{n:,} of {rows:,} values are not of type {_described(column)}",
        bad=f.typed.is_null() & ~f.missing,
        shown=(column.name,),
        tolerated=limit,
    )


def _described(column: Column) -> str:
    return f"{column.type} ({column.format})" if column.format else column.type


def _missing_share(rule: Rule, f: Field, missing: Callable[[Measured], int]) -> Check:
    limit = float(str(rule.value))
    return Check(
        rule=rule.label,
        column=f.column.name,
        severity=rule.severity,
        count=lambda m: missing(m) if missing(m) > (limit + 1e-9) * m["rows"] else 0,
        message=lambda n, rows: f"{n / rows:.2%} of values are missing, at most {limit:.2%} may be",
        bad=f.missing,
        shown=(f.column.name,),
    )


def _value_check(rule: Rule, f: Field, measures: Measures) -> Check:
    broken = breaks(rule, f)
    counted = measures.count(broken.condition)
    nans = _nans(f, measures) if f.has_nan and broken.catches_nan else None
    bad = broken.condition & f.typed.is_not_nan() if nans else broken.condition
    return Check(
        rule=rule.label,
        column=f.column.name,
        severity=rule.severity,
        count=lambda m: m[counted] - (m[nans] if nans else 0),
        message=lambda n, rows: f"{n:,} of {rows:,} values {broken.words}",
        bad=bad,
        shown=(f.column.name,),
    )


def _freshness(rule: Rule, f: Field, measures: Measures, now: dt.datetime) -> Check:
    newest = measures.add(f"newest {f.column.name}", f.typed.max().cast(pl.Datetime("us")))
    hours = float(str(rule.value))

    def count(measured: Measured) -> int:
        return int(measured[newest] is None or now - measured[newest] > dt.timedelta(hours=hours))

    return Check(
        rule=rule.label,
        column=f.column.name,
        severity=rule.severity,
        count=count,
        message=lambda n, rows: f"the newest value is more than {hours:g} hours old, or there is none",  # noqa: ARG005
    )
