"""`modelyard monitor`: drift, performance and service, and the alerts that follow."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.monitoring import MonitorResult

_TIME = "ISO date or time of events, UTC"


def monitor(
    since: Annotated[str | None, typer.Option("--since", metavar="T", help=f"{_TIME}; default: three windows.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="T", help=f"{_TIME}; default: the newest.")] = None,
    fail_on_drift: Annotated[bool, typer.Option("--fail-on-drift", help="Exit 1 when drift alerts.")] = False,
    retrain: Annotated[bool, typer.Option("--retrain", help="Start the loop when an alert asks for it.")] = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Compare what is served with training and with what came true; tell what is wrong."""
    found = open_project(project, env, quiet=quiet or json)
    from modelyard.monitoring import MonitorRequest
    from modelyard.monitoring import monitor as look
    from modelyard.monitoring.publish import publish
    from modelyard.monitoring.request import moment

    request = MonitorRequest(
        since=None if since is None else moment(since),
        until=None if until is None else moment(until),
        retrain=retrain,
    )
    with progress(enabled=not (quiet or json)) as report:
        result = look(found, request, report)
    if until is None:  # what was found of an old span is no news
        result = publish(result, found, _output.note)
    failure = result.failure(fail_on_drift=fail_on_drift)
    if failure is not None:
        _output.show_failed(result, text, failure, as_json=json)
    _output.show(result, text, as_json=json)


def text(result: "MonitorResult") -> str:
    """Lay out what was found for a person."""
    from modelyard.monitoring.words import lines

    return "\n".join(lines(result))
