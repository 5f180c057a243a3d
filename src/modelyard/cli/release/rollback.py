"""`modelyard release rollback`."""

from typing import Annotated

import typer

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.cli.release import _text


def rollback(
    to: Annotated[int | None, typer.Option(metavar="V", help="The version that answers again.")] = None,
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """End the running release; without one, go back to the champion before, or to the version named by --to."""
    found = open_project(project, env, quiet=True)
    from modelyard.release import controller

    _text.show(controller.rollback(found, to), json=json)
