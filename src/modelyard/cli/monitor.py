"""`modelyard monitor`: drift, performance and service, and the alerts that follow."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project
from modelyard.errors import RequestError

if TYPE_CHECKING:
    from modelyard.config import Project
    from modelyard.monitoring import MonitorResult
    from modelyard.monitoring.retraining.request import Asked

_TIME = "ISO date or time of events, UTC"
SinceOption = Annotated[str | None, typer.Option("--since", metavar="T", help=f"{_TIME}; default: three windows.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="T", help=f"{_TIME}; default: the newest.")]
FailOption = Annotated[bool, typer.Option("--fail-on-drift", help="Exit 1 when drift alerts.")]
RetrainOption = Annotated[bool, typer.Option("--retrain", help="Start the loop when an alert asks for it.")]
ReasonOption = Annotated[
    str | None, typer.Option("--reason", help="With --retrain: why it is asked for from outside, alert or not.")
]
WindowOption = Annotated[
    str, typer.Option("--window", help="With --reason: what was seen; ISO interval, or an alarm's moment.")
]
ReleaseOption = Annotated[
    bool, typer.Option("--release/--no-release", help="With --reason: release the new version from here.")
]
IssueOption = Annotated[bool, typer.Option("--issue", help="Tell alerts in an issue at GitHub.")]
DispatchOption = Annotated[bool, typer.Option("--dispatch", help="A workflow retrains where an alert asks for it.")]


def monitor(
    since: SinceOption = None,
    until: UntilOption = None,
    fail_on_drift: FailOption = False,
    retrain: RetrainOption = False,
    reason: ReasonOption = None,
    window: WindowOption = "",
    release: ReleaseOption = True,
    issue: IssueOption = False,
    dispatch: DispatchOption = False,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Compare what is served with training and with what came true; tell what is wrong."""
    asked = _asked(reason, window, release=release, retrain=retrain)
    found = open_project(project, env, quiet=quiet or json)
    from modelyard.monitoring import MonitorRequest
    from modelyard.monitoring import monitor as look
    from modelyard.monitoring.at_github import telling_github
    from modelyard.monitoring.publish import publish
    from modelyard.monitoring.request import moment

    request = MonitorRequest(
        since=None if since is None else moment(since),
        until=None if until is None else moment(until),
        retrain=retrain,
        send=asked is None,  # who asks was told already
        asked=asked,
    )
    told = telling_github(found, issue=issue, dispatch=dispatch and not _platform_asks(found))
    with progress(enabled=not (quiet or json)) as report:
        result = look(told, request, report)
    if until is None and asked is None:  # what was found of an old span is no news
        result = publish(result, found, _output.note)
    failure = result.failure(fail_on_drift=fail_on_drift)
    if failure is not None:
        _output.show_failed(result, text, failure, as_json=json)
    _output.show(result, text, as_json=json)


def text(result: "MonitorResult") -> str:
    """Lay out what was found for a person."""
    from modelyard.monitoring.words import lines

    return "\n".join(lines(result))


def _asked(reason: str | None, window: str, *, release: bool, retrain: bool) -> "Asked | None":
    if reason is None and not window and release:
        return None
    if reason is None or not retrain:
        raise RequestError(
            "--window and --no-release belong to --reason, and all three to --retrain.",
            "Say --retrain --reason 'drift in temp' --window 2013-04-16/2013-05-07.",
            code="usage",
        )
    from modelyard.monitoring.retraining.request import Asked

    return Asked.of(reason, window, release=release)


def _platform_asks(project: "Project") -> bool:
    """Say whether the platform's own alarms ask GitHub for a retraining: there is one dispatcher."""
    from modelyard.infra import platform

    path = project.root / "infra" / platform.FILE_NAME
    if not path.is_file() or project.env not in platform.ENVIRONMENTS:
        return False
    settings = platform.load(path).environments.get(project.env)
    return (
        settings is not None and settings.monitoring.retrain_on_drift and bool(settings.monitoring.github_token_secret)
    )
