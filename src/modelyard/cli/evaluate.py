"""`modelyard evaluate`: one stage, the same as `modelyard run evaluate`."""

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._run import execute
from modelyard.cli.run import ForceOption


def evaluate(
    force: ForceOption = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Measure the trained model on held-out rows."""
    execute(("evaluate",), force=force, project=project, env=env, quiet=quiet, json=json)
