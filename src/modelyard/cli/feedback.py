"""`modelyard feedback`: what came true, for the predictions that were captured."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.feedback import FeedbackResult


def feedback(
    labels: Annotated[str, typer.Option("--labels", metavar="SOURCE", help="Path or URI of a table of outcomes.")],
    label: Annotated[str | None, typer.Option("--label", help="Column of the outcome; default: the target.")] = None,
    entity: Annotated[str | None, typer.Option("--entity", help="Column of the entity's id; default: data.id.")] = None,
    time: Annotated[
        str | None, typer.Option("--time", help="Column of the outcome's event time; default: data.time.")
    ] = None,
    known: Annotated[
        str | None, typer.Option("--known", help="Column that says when each outcome became known; default: now.")
    ] = None,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Join true outcomes to captured predictions, by request id (and row) or by entity id (and time)."""
    found = open_project(project, env, quiet=quiet or json)
    from modelyard.feedback import FeedbackRequest, add

    request = FeedbackRequest(labels=labels, label=label, entity=entity, time=time, known=known)
    with progress(enabled=not (quiet or json)) as report:
        result = add(found, request, report)
    _output.show(result, text, as_json=json)


def text(result: "FeedbackResult") -> str:
    """Lay out what came of the labels."""
    span = "" if result.window is None else f", of predictions from {result.window.since} to {result.window.until}"
    lines = [f"{result.matched:,} labels matched{span}", f"{result.unmatched:,} match no captured prediction"]
    if result.missing:
        lines.append(f"{result.missing:,} rows have no outcome yet")
    lines.append(f"{result.added:,} added, {result.corrected:,} of them corrections")
    return "\n".join(lines)
