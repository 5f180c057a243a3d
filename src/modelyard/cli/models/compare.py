"""`modelyard models compare`."""

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.cli.lineage import text
from modelyard.cli.models.show import VersionArgument


def compare(
    a: VersionArgument,
    b: VersionArgument,
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Compare two versions on the held-out rows that neither of them saw."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.versions import compare as judge

    _output.show(judge(found, a, b), text, as_json=json)
