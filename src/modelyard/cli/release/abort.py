"""`modelyard release abort`."""

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.cli.release import _text


def abort(project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False) -> None:
    """End the running release without a judgement; the challenger waits as before."""
    found = open_project(project, env, quiet=True)
    from modelyard.release import controller

    _text.show(controller.abort(found), json=json)
