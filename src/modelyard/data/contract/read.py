"""Reads a table's rows as the contract types them."""

from collections.abc import Collection

import polars as pl

from modelyard.data.contract.model import Contract
from modelyard.data.contract.prepare import prepare, typed, unreadable
from modelyard.data.load import Table
from modelyard.data.types import epoch, polars_type
from modelyard.errors import RequestError


def schema(contract: Contract) -> pl.Schema:
    """Return the polars schema of rows that were read by the contract."""
    return pl.Schema({column.name: polars_type(column.type) for column in contract.columns})


def as_numbers(contract: Contract) -> Contract:
    """Return the contract with columns that count time since 1970 as the integers that they are in a file.

    Rows that are written by it can be read by `contract`, and as integers too, should somebody change their mind.
    """
    columns = (
        c if epoch(c.format) is None else c.model_copy(update={"type": "integer", "format": None, "rules": ()})
        for c in contract.columns
    )
    return contract.model_copy(update={"columns": tuple(columns)})


def with_moments(contract: Contract, table: Table) -> pl.LazyFrame:
    """Return the rows as they are, save that numbers which count time since 1970 by the contract are timestamps.

    Raises:
        RequestError: The header cannot be read.
    """
    fields = prepare(contract, table).fields.values()
    return table.frame.with_columns(typed(f.column, f.found, table).alias(f.column.name) for f in fields if f.counts)


def read(contract: Contract, table: Table, *, optional: Collection[str] = ()) -> pl.LazyFrame:
    """Return the table's rows with exactly `schema(contract)`: its columns, in its order, with its types.

    Columns that the contract does not know are dropped. A value that is not of its column's type, and NaN,
    become null (`check` counts them).

    Args:
        contract: Names and types the columns.
        table: The rows.
        optional: Columns that may be absent, and are then all null: say the target, when predicting.

    Raises:
        RequestError: A column that is not optional is absent, or the header cannot be read.
    """
    try:
        found = table.frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(table, contract, error) from error
    absent = [c.name for c in contract.columns if c.name not in found and c.name not in optional]
    if absent:
        names = ", ".join(map(repr, absent))
        raise RequestError(
            f"{table.source} lacks {names}, which the contract names.",
            "Add what is absent to the data, or take it out of the contract.",
            code="missing_column",
        )
    columns = []
    for column in contract.columns:
        kind = polars_type(column.type)
        there = column.name in found
        values = typed(column, found[column.name], table) if there else pl.lit(None)
        values = values.cast(kind, strict=False)
        columns.append((values.fill_nan(None) if kind == pl.Float64 else values).alias(column.name))
    return table.frame.select(columns)
