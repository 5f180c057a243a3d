"""Options that the commands of `modelyard github` share; each has the name that a workflow's environment gives it."""

from pathlib import Path
from typing import Annotated

import typer

RepositoryOption = Annotated[
    str | None,
    typer.Option(
        "--repository",
        metavar="OWNER/REPO",
        envvar="GITHUB_REPOSITORY",
        help="Default: github.repository of modelyard.yaml, else git's remote origin.",
    ),
]
EventOption = Annotated[
    Path | None, typer.Option("--event", envvar="GITHUB_EVENT_PATH", help="File with the event's JSON.")
]
RunOption = Annotated[
    int | None, typer.Option("--run", envvar="GITHUB_RUN_ID", help="This workflow run, whose own artifact is no news.")
]
