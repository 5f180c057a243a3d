"""`modelyard github comment`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, QuietOption
from modelyard.cli.github._options import EventOption, RepositoryOption

if TYPE_CHECKING:
    from modelyard.github.comment import CommentResult


def comment(
    file: Annotated[Path, typer.Option("--file", help="Markdown to say.")],
    marker: Annotated[str, typer.Option("--marker", metavar="NAME", help="One comment per name, changed in place.")],
    pull: Annotated[
        int | None, typer.Option("--pull", min=1, help="Number of the pull request; default: the event's.")
    ] = None,
    repository: RepositoryOption = None,
    event: EventOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Say something on a pull request, once: running it again changes the comment. Forks get none."""
    from modelyard.github import place
    from modelyard.github.comment import Wanted, body_of
    from modelyard.github.comment import comment as say

    wanted = Wanted(place.of_workflow(repository), marker, body_of(file), pull, event)
    _output.show(say(wanted, str if quiet else _output.note), _text, as_json=json)


def _text(result: "CommentResult") -> str:
    if result.reason is not None:
        return f"No comment: {result.reason}."
    done = {"create": "written", "update": "changed", "none": "as it was"}[result.change]
    return f"Comment on {result.repository}#{result.pull} {done}: {result.url}"
