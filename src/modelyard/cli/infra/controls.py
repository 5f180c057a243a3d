"""`modelyard infra controls`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption

if TYPE_CHECKING:
    from modelyard.infra.policy import Controls

EnvironmentOption = Annotated[str | None, typer.Option("--env", envvar="MODELYARD_ENV", help="Default: all of them.")]


def controls(env: EnvironmentOption = None, project: ProjectOption = None, json: JsonOption = False) -> None:
    """List the security controls: which apply to this platform, which are enforced, and why the others are not."""
    from modelyard.infra import platform as platforms
    from modelyard.infra.policy.survey import survey

    found = survey(platforms.load(platforms.find(project or Path.cwd())), env)
    _output.show(found, text, as_json=json)


def text(found: "Controls") -> str:
    """Lay out the table and its sum."""
    rows = [
        (one.control, one.state, one.resources or "", one.scope, one.what if not one.why else f"{one.what} ({one.why})")
        for one in found.controls
    ]
    states = ("enforced", "advisory", "excused", "broken", "not applicable", "never")
    counts = [f"{found.count(state)} {state}" for state in states if found.count(state)]
    table = _output.table(("control", "state", "resources", "scope", "what"), rows)
    return f"{table}\n\n{len(found.controls)} controls: {', '.join(counts)}"
