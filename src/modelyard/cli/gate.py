"""`modelyard gate`: one stage, the same as `modelyard run gate`."""

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._run import execute
from modelyard.cli.run import ForceOption


def gate(
    force: ForceOption = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Judge the evaluated model by the rules of modelyard.yaml."""
    execute(("gate",), force=force, project=project, env=env, quiet=quiet, json=json)
