"""`modelyard release promote`."""

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.cli.release import _text


def promote(project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False) -> None:
    """Make the challenger of the running release the champion now."""
    found = open_project(project, env, quiet=True)
    from modelyard.release import controller

    _text.show(controller.promote(found), json=json)
