"""`modelyard data diff`: what changed between two tables."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.data.diff import TableDiff

Side = Annotated[str, typer.Argument(help="A snapshot id (or its beginning), or any table.")]


def diff(
    a: Side, b: Side, project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False
) -> None:
    """Compare two snapshots or tables: rows, schema, distribution of each column."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.table import diff as compare

    _output.show(compare(found, a, b), _text, as_json=json)
