"""Runs a table through its inferred types, under safe column keys; a large one is kept as Parquet."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from modelyard.data.load import Table
from modelyard.data.reason import reason
from modelyard.data.types import Inferred, convert, infer, parse
from modelyard.errors import OutsideError, RequestError

FILE = "rows.parquet"


def count(table: Table) -> int:
    """Count the rows; RequestError when there is none."""
    rows = collect(table, table.frame.select(pl.len())).item()
    if rows == 0:
        raise RequestError(f"{table.source} has columns but no rows.", "Name a table that has rows.", code="no_rows")
    return rows


def collect(table: Table, frame: pl.LazyFrame) -> pl.DataFrame:
    """Run a query over the table; RequestError when the table cannot be read."""
    try:
        return frame.collect(engine="streaming")
    except pl.exceptions.PolarsError as error:
        raise RequestError(f"{table.source} cannot be read: {reason(error)}.", code="unreadable_data") from error


def spool(table: Table, typed: pl.LazyFrame) -> TemporaryDirectory[str]:
    """Write a large table once as Parquet: each look at text would parse all of it again."""
    folder = TemporaryDirectory(prefix="modelyard-")
    try:
        typed.sink_parquet(Path(folder.name) / FILE, compression="lz4")
    except (pl.exceptions.PolarsError, OSError) as error:
        folder.cleanup()
        full = "No space left" in str(error)
        why = "the disk is full" if full else reason(error)
        raise OutsideError(
            f"{table.source} could not be copied to {Path(folder.name).parent}: {why}.",
            "Make room there, or set TMPDIR to a folder that has some.",
            code="no_room" if full else None,
        ) from error
    return folder


def typed(table: Table) -> tuple[pl.LazyFrame, dict[str, str], dict[str, Inferred]]:
    """Return the typed rows under safe keys, the names by key, and the types by name."""
    inferred = infer(table)
    schema = table.frame.collect_schema()
    names = {f"c{i}": name for i, name in enumerate(schema.names())}
    if not names:
        raise RequestError(f"{table.source} has no columns.", "Name a table with a header.", code="empty_table")
    renamed = table.frame.rename({name: key for key, name in names.items()})
    columns = []
    for key, name in names.items():
        kind = inferred[name]
        column = _convert(key, schema[name], kind, table).alias(key)
        columns.append(column.fill_nan(None) if kind.type == "number" else column)
    return renamed.select(columns), names, inferred


def _convert(key: str, found: pl.DataType, kind: Inferred, table: Table) -> pl.Expr:
    if table.text:  # only in a text file does NA mean missing
        return parse(key, kind.type, format=kind.format, decimal=table.decimal)
    return convert(key, found, kind.type, format=kind.format, decimal=table.decimal)
