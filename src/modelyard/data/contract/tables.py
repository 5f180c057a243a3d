"""Compiles what a contract says about the table: keys, row counts and SQL conditions."""

from collections.abc import Iterator

import polars as pl

from modelyard.data.contract.keys import distinct, present
from modelyard.data.contract.measures import Check, Measures
from modelyard.data.contract.model import Contract, Rule
from modelyard.data.contract.prepare import Prepared


def table_checks(contract: Contract, prepared: Prepared, measures: Measures) -> Iterator[Check]:
    """Yield the checks that the table's columns allow; an absent column is reported as such elsewhere."""
    for rule in [*_keys(contract), *contract.rules]:
        compiled = _compiled(rule, prepared, measures)
        if compiled is not None:
            yield compiled


def _compiled(rule: Rule, prepared: Prepared, measures: Measures) -> Check | None:
    if rule.kind == "unique_together":
        return _unique(rule, prepared, measures)
    return _sql(rule, prepared, measures) if rule.kind == "sql" else _row_count(rule)


def _keys(contract: Contract) -> list[Rule]:
    """Return what the columns say about uniqueness, as rules of the table."""
    keys = [Rule(kind="unique_together", value=contract.key, name="primary_key")] if contract.key else []
    alone = [c.name for c in contract.columns if c.unique and contract.key != (c.name,)]
    return keys + [Rule(kind="unique_together", value=(name,), name="unique") for name in alone]


def _unique(rule: Rule, prepared: Prepared, measures: Measures) -> Check | None:
    names = tuple(str(name) for name in rule.value) if isinstance(rule.value, tuple) else ()
    fields = [prepared.fields[name] for name in names if name in prepared.fields]
    if len(fields) < len(names):
        return None
    there = measures.count(present(fields))
    kinds = measures.add(f"m{len(measures.expressions)}", distinct(fields))
    what = "values repeat an earlier one" if len(names) == 1 else f"rows repeat an earlier ({', '.join(names)})"
    return Check(
        rule=rule.label,
        column=names[0] if len(names) == 1 else None,
        severity=rule.severity,
        # where a row lacks part of its key, `distinct` has counted one more: the null
        count=lambda m: m[there] - m[kinds] + (m[there] < m["rows"]),
        message=lambda n, rows: f"{n:,} of {rows:,} {what}",
        key=names,
        shown=names,
    )


def _row_count(rule: Rule) -> Check:
    limit, sign = int(str(rule.value)), -1 if rule.kind == "row_count_min" else 1
    bound = "at least" if sign < 0 else "at most"
    return Check(
        rule=rule.label,
        column=None,
        severity=rule.severity,
        count=lambda m: max(0, sign * (m["rows"] - limit)),
        message=lambda n, rows: f"there are {rows:,} rows, {bound} {limit:,} are expected",  # noqa: ARG005
    )


def _sql(rule: Rule, prepared: Prepared, measures: Measures) -> Check | None:
    condition = pl.sql_expr(str(rule.value))
    names = tuple(dict.fromkeys(condition.meta.root_names()))
    if any(name not in prepared.fields for name in names):
        return None
    broken = ~condition
    counted = measures.count(broken)
    return Check(
        rule=rule.label,
        column=None,
        severity=rule.severity,
        count=lambda m: m[counted],
        message=lambda n, rows: f"{n:,} of {rows:,} rows break {rule.value}",
        bad=broken,
        shown=names,
    )
