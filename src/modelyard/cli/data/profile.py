"""`modelyard data profile`: what each column looks like."""

from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, SourceOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.reference.profile import Profile


def profile(
    data: SourceOption = None,
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Describe each column: quantiles or categories, and what is missing."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.table import profile as describe

    _output.show(describe(found, data), _text, as_json=json)
