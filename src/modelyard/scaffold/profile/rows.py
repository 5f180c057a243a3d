"""Runs a table through its inferred types, under safe column keys; a large one is kept as Parquet."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from modelyard.data.load import Table
from modelyard.data.reason import reason
from modelyard.data.types import Epoch, Inferred, convert, infer, parse
from modelyard.errors import OutsideError, RequestError
from modelyard.scaffold.profile.epochs import Numbers, epochs, says_moment
from modelyard.scaffold.profile.model import Overrides

FILE = "rows.parquet"
_DIGITS = r"^\s*[1-9][0-9]*\s*$"  # a zero in front tells a code from a number


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


def typed(table: Table, asked: Overrides) -> tuple[pl.LazyFrame, dict[str, str], dict[str, Inferred]]:
    """Return the typed rows under safe keys, the names by key, and the types by name."""
    inferred = infer(table)
    schema = table.frame.collect_schema()
    names = {f"c{i}": name for i, name in enumerate(schema.names())}
    if not names:
        raise RequestError(f"{table.source} has no columns.", "Name a table with a header.", code="empty_table")
    renamed = table.frame.rename({name: key for key, name in names.items()})
    inferred |= _moments(table, renamed, names, inferred, asked)
    columns = [_convert(key, schema[name], inferred[name], table) for key, name in names.items()]
    return renamed.select(columns), names, inferred


def _moments(
    table: Table, rows: pl.LazyFrame, names: Mapping[str, str], inferred: Mapping[str, Inferred], asked: Overrides
) -> dict[str, Inferred]:
    """Return what becomes of columns of numbers that count time since 1970, by name."""
    schema, others = table.frame.collect_schema(), {asked.target, asked.id, asked.group}
    columns = {
        key: _numbers(key, name, schema[name], inferred[name], table)
        for key, name in names.items()
        if (name == asked.time or says_moment(name)) and name not in others and _counts(inferred[name], schema[name])
    }
    found = epochs(rows, columns, partial(collect, table))
    return {names[key]: _as_moments(inferred[names[key]], unit) for key, unit in found.items()}


def _counts(kind: Inferred, found: pl.DataType) -> bool:
    return kind.type in {"integer", "number", "string"} and kind.format is None and not found.is_temporal()


def _numbers(key: str, name: str, found: pl.DataType, kind: Inferred, table: Table) -> Numbers:
    values = _convert(key, found, kind, table)
    whole = _convert(key, found, Inferred(type="integer"), table)
    if kind.type == "string":  # as nineteen digits are, which nanoseconds have
        whole = pl.when(values.str.contains(_DIGITS)).then(whole)
    return Numbers(name, values, whole)


def _as_moments(kind: Inferred, unit: Epoch) -> Inferred:
    told = f"numbers read as {unit.unit} since 1970 ({unit.format})"
    note = f"{kind.note}; {told}" if kind.strays else told
    return kind.model_copy(update={"type": "timestamp", "format": unit.format, "note": note})


def _convert(key: str, found: pl.DataType, kind: Inferred, table: Table) -> pl.Expr:
    read = parse if table.text else partial(convert, found=found)  # only in a text file does NA mean missing
    column = read(key, kind=kind.type, format=kind.format, decimal=table.decimal).alias(key)
    return column.fill_nan(None) if kind.type == "number" else column
