"""Questions, asked only on a terminal."""

import sys
from pathlib import Path

import typer

_PRESET = ("demo:", "sklearn:")  # sources that know their own target


def target(source: str, query: Path | None, *, ask: bool) -> str | None:
    """Ask which column of `source` to predict; None when nobody can answer, or the source knows."""
    if not ask or not sys.stdin.isatty() or source.startswith(_PRESET):
        return None
    from modelyard.data.load import database, open_table

    asked = database.read_query(query) if query is not None else None
    columns = open_table(source, query=asked).frame.collect_schema().names()
    typer.echo("Columns: " + ", ".join(columns), err=True)
    return typer.prompt("Which column should be predicted?", err=True)
