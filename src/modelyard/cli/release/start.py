"""`modelyard release start`."""

from typing import Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project
from modelyard.cli.release import _text

WaitOption = Annotated[bool, typer.Option("--wait", help="Walk the release here; exit 1 when it is rolled back.")]


def start(
    version: Annotated[int | None, typer.Option(help="The version to try; default: the challenger.")] = None,
    steps: Annotated[str | None, typer.Option(help="Percents of the requests, ascending: 5,25,50,100.")] = None,
    hold: Annotated[float | None, typer.Option(min=0, help="Least seconds at each step.")] = None,
    shadow: Annotated[bool, typer.Option("--shadow", help="Mirror requests; the challenger never answers.")] = False,
    wait: WaitOption = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Try the challenger on a growing share of the requests; without --wait in the background."""
    found = open_project(project, env, quiet=quiet or json)
    from modelyard.release.controller import StartRequest
    from modelyard.release.controller import start as begin
    from modelyard.release.steps import parse

    percents = None if steps is None else parse(steps)
    request = StartRequest(version=version, steps=percents, hold_s=hold, shadow=shadow, wait=wait)
    with progress(enabled=not (quiet or json)) as report:
        result = begin(found, request, report)
    _text.show_outcome(result, json=json)
    if not wait and not quiet and not json:
        _output.note("`modelyard release status` shows how it goes; `modelyard release abort` ends it.")
