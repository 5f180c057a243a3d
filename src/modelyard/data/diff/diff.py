"""Compares two tables."""

from collections.abc import Collection

import polars as pl

from modelyard.data.diff.columns import compare_column
from modelyard.data.diff.record import SchemaChange, TableDiff
from modelyard.data.diff.rows import compare_rows
from modelyard.data.reason import reason
from modelyard.data.types import logical_type
from modelyard.errors import RequestError


def diff(a: pl.LazyFrame, b: pl.LazyFrame, *, id: str | None, hidden: Collection[str]) -> TableDiff:  # noqa: A002
    """Compare table `b` (after) with table `a` (before).

    Args:
        a: Before.
        b: After.
        id: The column that identifies a row; without one, or where a table lacks it, rows are matched by all
            that they hold.
        hidden: Columns of personal data: counted, never shown.

    Raises:
        RequestError: A table cannot be read.
    """
    before, after = _collected(a, "A"), _collected(b, "B")
    shared = [name for name in after.columns if name in before.columns]
    columns = [compare_column(name, before, after, hidden=name in hidden) for name in shared]
    return TableDiff(
        rows=compare_rows(before, after, id if id in shared else None),
        schema_changes=_schema_changes(before, after),
        columns=sorted(columns, key=lambda c: (c.hidden, -(c.distance or 0.0))),
        hidden=sum(c.hidden for c in columns),
    )


def _collected(frame: pl.LazyFrame, name: str) -> pl.DataFrame:
    try:
        return frame.collect()
    except pl.exceptions.PolarsError as error:
        raise RequestError(f"Table {name} cannot be read: {reason(error)}.", code="unreadable_data") from error


def _schema_changes(before: pl.DataFrame, after: pl.DataFrame) -> list[SchemaChange]:
    old = {name: logical_type(kind) for name, kind in before.schema.items()}
    new = {name: logical_type(kind) for name, kind in after.schema.items()}
    changes = [SchemaChange(column=c, change="removed", before=k) for c, k in old.items() if c not in new]
    changes += [SchemaChange(column=c, change="added", after=k) for c, k in new.items() if c not in old]
    retyped = [c for c in old if c in new and old[c] != new[c]]
    return changes + [SchemaChange(column=c, change="type", before=old[c], after=new[c]) for c in retyped]
