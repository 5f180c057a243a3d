"""`modelyard github setup`."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption, YesOption
from modelyard.cli.infra._engine import InstallOption, confirm
from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.github.setup import Plan, SetupResult

_WIDEST = 130  # the JSON has all of it
_SIGNS = {"create": "+", "update": "~", "delete": "-", "none": " ", "later": ">", "unavailable": "!"}
ReviewerOption = Annotated[
    list[str] | None,
    typer.Option("--reviewer", metavar="LOGIN|ORG/TEAM", help="Approves releases to prod; may be repeated."),
]


def setup(
    repository: Annotated[
        str | None, typer.Option("--repository", metavar="OWNER/REPO", help="Default: that of modelyard.yaml or git.")
    ] = None,
    reviewer: ReviewerOption = None,
    install_cli: InstallOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and stop.")] = False,
    project: ProjectOption = None,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Set up the repository on GitHub: environments, reviewers, variables, rules. A second run changes nothing."""
    from modelyard.github import setup as github
    from modelyard.github.root import find

    wanted = github.Wanted(find(project), repository, tuple(reviewer or ()), install_cli)
    planned = github.plan(wanted, str if quiet else _output.note)
    result = planned.result([], applied=not planned.changes)
    if dry_run or not planned.changes:
        _output.show(result, _text, as_json=json)
        return
    if not quiet:
        _output.note(_text(result))
    confirm(f"Change {planned.changes} things of {result.repository}?", yes=yes)
    _apply(planned, json=json)


def _apply(planned: "Plan", *, json: bool) -> None:
    from modelyard.github import setup as github

    done: list[github.Action] = []
    try:
        done.extend(github.apply(planned))  # keeps what came before an error
    except ModelyardError as error:
        error.hint = f"{error.hint} What is done stays done; the next run goes on from there.".strip()
        _output.show_failed(planned.result(done, applied=False), _text, error, as_json=json)
    _output.show(planned.result(done, applied=True), _text, as_json=json)


def _text(result: "SetupResult") -> str:
    rows = [(_SIGNS[a.change], a.kind, a.name, _what(a.change, done=a.done), _short(a.detail)) for a in result.actions]
    lines = [f"{result.repository}:", _output.table(("", "what", "name", "change", ""), rows)]
    if result.next:
        lines += ["", "next:", *(f"  {line}" for line in result.next)]
    return "\n".join(lines)


def _short(detail: str) -> str:
    return detail if len(detail) <= _WIDEST else f"{detail[:_WIDEST].rpartition(' ')[0]} ..."


def _what(change: str, *, done: bool) -> str:
    return {"create": "created", "update": "updated", "delete": "deleted"}.get(change, change) if done else change
