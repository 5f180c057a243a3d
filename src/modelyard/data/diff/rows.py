"""Matches the rows of two tables, by id or by content, duplicates counted."""

import polars as pl

from modelyard.data.diff.record import RowDiff
from modelyard.data.types import convert, logical_type


def compare_rows(before: pl.DataFrame, after: pl.DataFrame, id_column: str | None) -> RowDiff:
    """Count rows added, removed, changed and the same."""
    kinds = {n: _common(before.schema[n], after.schema[n]) for n in after.columns if n in before.columns}
    if not kinds:  # nothing in common by which a row could be the same
        sizes = {"before": before.height, "after": after.height}
        return RowDiff(by="content", **sizes, added=after.height, removed=before.height, changed=0, same=0)
    old, new = _keyed(before, kinds, id_column), _keyed(after, kinds, id_column)
    both = old.join(new, on="key", how="full", coalesce=True, nulls_equal=True).fill_null(0)
    common = pl.min_horizontal("n", "n_right")
    added = (pl.col("n_right") - common).sum()
    removed = (pl.col("n") - common).sum()
    counts = both.select(added=added, removed=removed, common=common.sum(), changed=_changed(common)).row(0, named=True)
    changed = counts["changed"] if id_column is not None else 0
    return RowDiff(
        by="content" if id_column is None else "id",
        before=before.height,
        after=after.height,
        added=counts["added"],
        removed=counts["removed"],
        changed=changed,
        same=counts["common"] - changed,
    )


def _changed(common: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("content") != pl.col("content_right")).then(common).otherwise(0).sum()


def _common(before: pl.DataType, after: pl.DataType) -> str:
    """Compare in the tables' logical type; where they differ, as text."""
    old, new = logical_type(before), logical_type(after)
    if {old, new} == {"integer", "number"}:
        return "number"
    return old if old == new else "string"


def _keyed(frame: pl.DataFrame, kinds: dict[str, str], id_column: str | None) -> pl.DataFrame:
    """Return key, number of rows, and a hash of all that they hold (in any order)."""
    typed = frame.select(
        convert(name, frame.schema[name], kind).alias(str(i))  # ty: ignore[invalid-argument-type]
        for i, (name, kind) in enumerate(kinds.items())
    )
    content = typed.hash_rows()
    key = content if id_column is None else typed[str(list(kinds).index(id_column))]
    keyed = pl.DataFrame({"key": key, "content": content})
    return keyed.group_by("key").agg(pl.len().cast(pl.Int64).alias("n"), pl.col("content").sort().hash().sum())
