"""`modelyard models retire`."""

from typing import Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.cli.lineage import text
from modelyard.cli.models.show import VersionArgument


def retire(
    version: VersionArgument,
    why: Annotated[str, typer.Option(help="The reason, for the audit chain.")] = "",
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Take a version out of use; refused while it is in service."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.versions import retire as take_out

    _output.show(take_out(found, version, why), text, as_json=json)
