"""`modelyard report`: one HTML page of the project."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.report.write import ReportResult


def report(
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Write the report of the project: data, metrics, gate, lineage."""
    found = open_project(project, env, quiet=True)
    from modelyard.report.write import write

    result = write(found)
    _output.show(result, _text, as_json=json)
    if open_page:
        typer.launch(result.path)


def _text(result: "ReportResult") -> str:
    return result.path
