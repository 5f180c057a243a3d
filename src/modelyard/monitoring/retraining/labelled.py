"""Captured rows that came to have a label, as rows of the training table."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from modelyard.config.model import Data
from modelyard.data.contract import Column
from modelyard.data.types import polars_type
from modelyard.data.types.convert import convert

CLOCK = "\0clock"
"""Name of the column with a row's event time (else the time it was received), which no user can call theirs."""
_RECEIVED = "\0received"


@dataclass(frozen=True)
class Wanted:
    """The columns of the table, and what each is for.

    Attributes:
        columns: Of the contract, in its order, without those that enter no snapshot.
        data: Which is the target, the id, the time.
        must: Columns that may not be empty: required ones, and what the model reads but captures never hold.
    """

    columns: tuple[Column, ...]
    data: Data
    must: frozenset[str]


def labelled(frame: pl.DataFrame, wanted: Wanted) -> tuple[pl.DataFrame, int]:
    """Return the rows of a frame of `feedback.joined` that are labelled and matured, and how many were incomplete.

    Their columns are the wanted ones with the contract's types, `CLOCK`, and when they were received.
    """
    rows = frame.filter(pl.col("matured") & pl.col("truth").is_not_null())
    inputs = _inputs(rows)
    columns = [_column(column, rows, inputs, wanted.data) for column in wanted.columns]
    clock = rows.select(pl.coalesce("event_time", "received_time").alias(CLOCK)).to_series()
    series = [*columns, clock, rows["received_time"].alias(_RECEIVED)]
    made = pl.DataFrame({each.name: each for each in series})  # a list would rename a column called ""
    empty = [column.name for column in wanted.columns if column.name in wanted.must]
    whole = made.select(pl.all_horizontal(pl.lit(value=True), *(_at(made, name).is_not_null() for name in empty)))
    kept = made.filter(whole.to_series()) if made.height else made
    return kept, made.height - kept.height


def keys(columns: Collection[str], data: Data) -> list[str]:
    """Return what makes two rows the same: id and event time, the id alone, or everything but the target."""
    named = [name for name in (data.id, data.time) if name is not None and name in columns]
    return named if data.id in named else [name for name in columns if name != data.target]


def distinct(rows: pl.DataFrame, key: list[str], data: Data) -> pl.DataFrame:
    """Return each row once, the one received last, in the order of event time; rows without a whole key stay."""
    ordered = rows.sort([CLOCK, _RECEIVED], maintain_order=True)
    if data.id in key:
        whole = ordered.select(pl.all_horizontal(_at(ordered, name).is_not_null() for name in key)).to_series()
    else:
        whole = pl.repeat(value=True, n=ordered.height, dtype=pl.Boolean, eager=True)
    numbered = ordered.select(_at(ordered, name).alias(f"k{i}") for i, name in enumerate(key)).with_row_index("at")
    names = [f"k{i}" for i in range(len(key))]
    kept = numbered.filter(whole).unique(names, keep="last", maintain_order=True)["at"]
    at = pl.concat([kept, numbered.filter(~whole)["at"]]).sort()
    return ordered[at]


def unknown_to(source: pl.LazyFrame, rows: pl.DataFrame, key: list[str], data: Data) -> pl.DataFrame:
    """Return the rows whose key the source does not hold."""
    schema = source.collect_schema().names()
    names = [f"k{i}" for i in range(len(key))]
    theirs = source.select(pl.nth(schema.index(name)).alias(safe) for name, safe in zip(key, names, strict=True))
    ours = rows.select(_at(rows, name).alias(safe) for name, safe in zip(key, names, strict=True)).with_row_index("at")
    found = theirs.join(ours.lazy(), on=names, how="inner", nulls_equal=data.id not in key).select("at").unique()
    return rows[ours.join(found.collect(engine="streaming"), on="at", how="anti", maintain_order="left")["at"]]


def _column(column: Column, rows: pl.DataFrame, inputs: pl.DataFrame, data: Data) -> pl.Series:
    kind = polars_type(column.type)
    if column.name == data.target:
        return _converted(rows["truth"], column)
    found = inputs.get_column(column.name) if column.name in inputs.columns and not column.personal else None
    if column.name == data.id:  # a client names the entity either in the row or beside it
        entity = _converted(rows["entity"], column)
        return entity if found is None else _filled(_converted(found, column), entity)
    if column.name == data.time and found is None:
        return rows["event_time"].cast(kind).alias(column.name)
    if found is None:
        return pl.Series(column.name, [None], dtype=kind).new_from_index(0, rows.height)
    return _converted(found, column)


def _filled(first: pl.Series, second: pl.Series) -> pl.Series:
    both = pl.DataFrame({"a": first, "b": second})
    return both.select(pl.coalesce("a", "b")).to_series().alias(first.name)


def _converted(values: pl.Series, column: Column) -> pl.Series:
    frame = pl.DataFrame({"v": values})
    return frame.select(convert("v", values.dtype, column.type)).to_series().alias(column.name)


def _inputs(rows: pl.DataFrame) -> pl.DataFrame:
    if not isinstance(rows.schema["inputs"], pl.Struct):  # a model without inputs
        return pl.DataFrame()
    return rows["inputs"].struct.unnest()


def _at(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Refer to a column by its place: its name may be a pattern."""
    return pl.nth(frame.columns.index(name))
