"""`modelyard demo`: the loop on real data, in front of you."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, QuietOption
from modelyard.cli._progress import progress

if TYPE_CHECKING:
    from modelyard.demo.tour import Step, Tour


def demo(
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Leave the project here.")] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show the whole loop on a year of real flights; opens or names an HTML report."""
    from modelyard.demo.tour import tour

    with progress(enabled=not (quiet or json)) as report:
        result = tour(keep, report, (lambda _: None) if quiet or json else _say)
    failure = result.failure()
    if failure is not None:
        _output.show_failed(result, _text, failure, as_json=json)
    _output.show(result, _text, as_json=json)
    if open_page:
        typer.launch(result.report)


def _say(step: "Step") -> None:
    _output.note(f"{step.name:<10} {step.seconds:6.1f} s  {step.result}")


def _text(result: "Tour") -> str:
    kept = f"\nproject: {result.project}" if result.project else ""
    return f"report: {result.report}{kept}"
