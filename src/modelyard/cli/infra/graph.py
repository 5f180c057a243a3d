"""`modelyard infra graph`."""

from pathlib import Path
from typing import Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption

EnvironmentOption = Annotated[str | None, typer.Option("--env", envvar="MODELYARD_ENV", help="Default: all of them.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="A folder, or the SVG of one environment; default: graph/.")
]


def graph(
    env: EnvironmentOption = None,
    output: OutputOption = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Draw the plan as SVG: what each layer is made of, and what needs what."""
    from modelyard.infra import platform as platforms
    from modelyard.infra.graph.write import write

    path = platforms.find(project or Path.cwd())
    drawn = write(platforms.load(path), env, output or path.parent / "graph")
    _output.show(drawn, lambda result: f"Drawn in {result.path}", as_json=json)
