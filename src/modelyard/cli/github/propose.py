"""`modelyard github propose`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption
from modelyard.cli.github._options import RepositoryOption

if TYPE_CHECKING:
    from modelyard.github.propose import ProposeResult


def propose(
    update: Annotated[Path, typer.Option("--update", help="What `modelyard update --branch NAME --json` printed.")],
    issue: Annotated[
        bool, typer.Option("--issue", help="Open an issue with the commands: for a token that may push no workflows.")
    ] = False,
    base: Annotated[str, typer.Option("--base", help="The branch that the update is for.")] = "main",
    repository: RepositoryOption = None,
    project: ProjectOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Bring an update of the template to people: one pull request, changed in place, or one issue."""
    from modelyard.github import place
    from modelyard.github.propose import Wanted
    from modelyard.github.propose import propose as bring

    root = project or Path.cwd()
    wanted = Wanted(place.of_workflow(repository, root), update, root, base, issue)
    _output.show(bring(wanted, str if quiet else _output.note), _text, as_json=json)


def _text(result: "ProposeResult") -> str:
    if result.change == "skipped":
        return f"Nothing to propose: {result.reason}."
    kind = {"pull": "Pull request", "issue": "Issue"}[result.kind]
    done = {"create": "opened", "update": "changed", "none": "as it was", "close": "closed"}[result.change]
    more = f"\n{result.reason}" if result.reason else ""
    return f"{kind} {result.number} {done}: {result.url}{more}"
