"""`modelyard data diff`: what changed between two tables."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.data.diff import TableDiff

Side = Annotated[str, typer.Argument(help="A snapshot id (or its beginning), or any table.")]


def diff(a: Side, b: Side, project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False) -> None:
    """Compare two snapshots or tables: rows, schema, distribution of each column."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.table import diff as compare

    _output.show(compare(found, a, b), _text, as_json=json)


def _text(result: "TableDiff") -> str:
    rows = result.rows
    lines = [
        (
            f"rows: {rows.before:,} before, {rows.after:,} after; {rows.added:,} added, {rows.removed:,} removed, "
            f"{rows.changed:,} changed (matched by {rows.by})"
        )
    ]
    lines += [f"{c.change}: {c.column}  {c.before or ''} -> {c.after or ''}" for c in result.schema_changes]
    moved = [
        (
            c.column,
            c.measure,
            _number(c.distance),
            _number(c.missing_before),
            _number(c.missing_after),
            c.before,
            c.after,
        )
        for c in result.columns
    ]
    header = ("column", "measure", "distance", "missing before", "missing after", "before", "after")
    return "\n".join([*lines, "", _output.table(header, moved)])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
