"""`modelyard release status`."""

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.cli.release import _text


def status(project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False) -> None:
    """Show how the newest release stands, with the judge's checks."""
    found = open_project(project, env, quiet=True)
    from modelyard.release import controller

    _text.show(controller.status(found), json=json)
