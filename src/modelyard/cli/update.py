"""`modelyard update`: the template's changes, merged into the user's work."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption, YesOption
from modelyard.cli._progress import progress

if TYPE_CHECKING:
    from modelyard.scaffold.update.result import UpdateResult


def update(
    to: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Another version than the one that runs, or `latest`.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; touch nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 when an update waits; touch nothing.")] = False,
    branch: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Make it as a commit on this branch; your files stay as they are."),
    ] = None,
    lock: Annotated[bool, typer.Option("--lock/--no-lock", help="Lock the dependencies anew with uv.")] = True,
    project: ProjectOption = None,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Bring the template's changes into this repository by a three-way git merge."""
    from modelyard.scaffold.update.update import UpdateRequest, find
    from modelyard.scaffold.update.update import update as bring

    look = dry_run or check
    ask = _ask if _on_a_terminal() and not (yes or json or look) else _ask_nothing
    request = UpdateRequest(find(project or Path.cwd()), to, look, branch, lock, ask)
    with progress(enabled=not (quiet or json) and ask is _ask_nothing) as report:
        result = bring(request, report)
    if not quiet:
        for note in result.notes:
            _output.note(f"note: {note}")
    error = result.waiting() if check else result.in_conflict() if branch is None and not dry_run else None
    text = _diff if dry_run else _text
    if error is not None:
        _output.show_failed(result, text, error, as_json=json)
    _output.show(result, text, as_json=json)


def _on_a_terminal() -> bool:
    return sys.stdin.isatty()


def _ask_nothing(_: Mapping[str, Any]) -> Mapping[str, object]:
    return {}


def _ask(questions: Mapping[str, Any]) -> Mapping[str, object]:
    """Ask what the template did not ask before; what nobody types keeps the template's own answer."""
    given = {}
    for name, question in questions.items():
        if question.get("type", "str") != "str":
            continue
        default = str(question.get("default", ""))
        shown = "" if "{{" in default or "{%" in default else default
        choices = question.get("choices")
        about = f"{question.get('help', name)}" + (f" ({', '.join(map(str, choices))})" if choices else "")
        typed = typer.prompt(about, default=shown, show_default=bool(shown), err=True)
        if typed != shown:
            given[name] = typed
    return given


def _text(result: "UpdateResult") -> str:
    if not result.waits:
        has = f"Nothing to do: this repository has the template of modelyard {result.to}."
        return f"{has} `--to latest` looks for a newer one."
    lines = [f"{result.from_version} -> {result.to}, on {result.branch}", ""]
    lines += [f"  changed   {path}" for path in result.changed]
    lines += [f"  conflict  {conflict.path}" for conflict in result.conflicts]
    return "\n".join(lines)


def _diff(result: "UpdateResult") -> str:
    return f"{_text(result)}\n\n{result.diff}" if result.diff else _text(result)
