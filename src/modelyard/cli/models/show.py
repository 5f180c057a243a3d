"""`modelyard models show`."""

from typing import Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.cli.lineage import text

VersionArgument = Annotated[int, typer.Argument(metavar="V", help="A version of `modelyard models list`.")]


def show(
    version: VersionArgument,
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Show one version: state, aliases, metrics, snapshot, commit."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.versions import show as read

    _output.show(read(found, version), text, as_json=json)
