"""`modelyard train`: one stage, the same as `modelyard run train`."""

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._run import execute
from modelyard.cli.run import ForceOption


def train(
    force: ForceOption = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Train on the newest snapshot, and export the model."""
    execute(("train",), force=force, project=project, env=env, quiet=quiet, json=json)
