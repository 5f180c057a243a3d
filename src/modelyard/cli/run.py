"""`modelyard run`: the stages from data to a registered version."""

from typing import Annotated

import typer

from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption, SourceOption
from modelyard.cli._run import execute

StagesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[STAGE ...]", help="data train evaluate gate register; default all."),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Repeat the stages even when nothing changed.")]
SampleOption = Annotated[
    bool, typer.Option("--sample", help="Use the committed sample and a throwaway store; never registers.")
]


def run(
    stages: StagesArgument = None,
    data: SourceOption = None,
    force: ForceOption = False,
    sample: SampleOption = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Check the data, train, evaluate, gate and register; skip what is unchanged."""
    execute(
        tuple(stages or ()),
        data,
        force=force,
        sample=sample,
        project=project,
        env=env,
        quiet=quiet,
        json=json,
    )
