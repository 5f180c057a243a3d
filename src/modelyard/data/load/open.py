"""Turns a source into a table: finds its files, opens each by its content, and stacks them."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from modelyard.data.load import database, named, places, remote
from modelyard.data.load.detect import detect
from modelyard.data.load.packed import unpacked
from modelyard.data.load.rows import open_typed
from modelyard.data.load.table import Table, quoted
from modelyard.data.load.text import open_text
from modelyard.errors import RequestError


def open_table(source: str, base: Path | None = None, query: str | None = None, *, empty: bool = False) -> Table:
    """Open `source`; nothing but its beginning and, for text, its shape is read yet.

    Args:
        source: A path or glob (relative ones against `base`), `s3://BUCKET/KEY`, `https://...`,
            `sqlite:FILE`, `postgresql://HOST/DATABASE`, `demo:flights` or `sklearn:NAME`.
        base: The folder that relative paths start from; the working directory by default.
        query: What to ask a database; other sources have no use for it.
        empty: A table with columns and no rows will do.

    Raises:
        RequestError: It is not there, or is no table.
        OutsideError: The network failed.
    """
    if (table := named.open_named(source)) is not None:
        return table
    if database.is_database(source):
        return database.open_database(source, query, base or Path.cwd(), empty=empty)
    if remote.is_remote(source):
        shown = remote.shown(source)
        return _open_files([(path, shown) for path in remote.download(source)], shown, empty=empty)
    found = places.find(source, base)
    if len(found) == 1:  # as the user wrote it: the source is recorded, and their folders are their own
        return _open_file(found[0], str(found[0]) if source.startswith("~") else source, empty=empty)
    return _open_files([(path, str(path)) for path in found], source, empty=empty)


def _open_files(files: list[tuple[Path, str]], source: str, *, empty: bool) -> Table:
    tables = [_open_file(path, shown, empty=empty) for path, shown in files]
    return tables[0] if len(tables) == 1 else _stacked(tables, source)


def _open_file(path: Path, shown: str, *, empty: bool) -> Table:
    inside = unpacked(path, shown)
    kind = detect(inside, shown)
    table = open_text(inside, shown, empty=empty) if kind == "csv" else open_typed(inside, shown, kind, empty=empty)
    return replace(table, files=(path,))


def _stacked(tables: list[Table], source: str) -> Table:
    """Put the tables of a glob under one another, in the first one's column order."""
    first = tables[0]
    schema = first.frame.collect_schema()
    for table in tables[1:]:
        _same_shape(first, schema, table)
    decimal = "," if all(t.decimal == "," for t in tables) else "."
    order = [pl.nth(i) for i in range(len(schema))]
    frames = [first.frame, *(_reordered(t, schema.names()) for t in tables[1:])]
    frame = pl.concat(frames, how="vertical_relaxed").select(order)
    files = tuple(path for table in tables for path in table.files)
    return Table(frame, text=first.text, source=source, format=first.format, decimal=decimal, files=files)


def _reordered(table: Table, names: list[str]) -> pl.LazyFrame:
    position = {name: i for i, name in enumerate(table.frame.collect_schema().names())}
    return table.frame.select(pl.nth(position[name]) for name in names)


def _same_shape(first: Table, schema: pl.Schema, other: Table) -> None:
    if other.format != first.format:
        raise RequestError(
            f"{first.source} is {first.format}, but {other.source} is {other.format}.",
            "Name files of one format.",
            code="mixed_formats",
        )
    found = other.frame.collect_schema()
    lacking = [name for name in schema if name not in found]
    added = [name for name in found if name not in schema]
    if lacking or added:
        told = [f"lacks {quoted(lacking)}"] * bool(lacking) + [f"adds {quoted(added)}"] * bool(added)
        raise RequestError(
            f"{other.source} {' and '.join(told)}, compared with {first.source}.",
            "Name files with the same columns.",
            code="mixed_columns",
        )
    _same_types(first, schema, other, found)


def _same_types(first: Table, schema: pl.Schema, other: Table, found: pl.Schema) -> None:
    for name, kind in schema.items():
        both = {kind, found[name]}
        if len(both) == 1 or pl.Null in both or all(each.is_numeric() for each in both):
            continue
        raise RequestError(
            f"Column {name!r} is {kind} in {first.source}, but {found[name]} in {other.source}.",
            "Write both files with the same types.",
            code="mixed_types",
        )
