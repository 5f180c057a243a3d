"""`modelyard deploy`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption, YesOption
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project
from modelyard.errors import RequestError

if TYPE_CHECKING:
    from modelyard.config import Project
    from modelyard.deploy import Deployment, Target

ImageOption = Annotated[str, typer.Option("--image", help="REPOSITORY:TAG or REPOSITORY@DIGEST, as it was pushed.")]
EveryOption = Annotated[float, typer.Option("--every", min=0.01, help="Seconds between two looks at AWS.")]


def deploy(
    image: ImageOption,
    project: ProjectOption = None,
    env: EnvOption = "local",
    every: EveryOption = 5.0,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Bring an image to the service of an environment by a canary with alarms; exit 1 when it was taken back."""
    target = _target(open_project(project, env, quiet=quiet or json))
    _confirm(f"Deploy {image} to {target.service} in {env}, account {target.account}?", yes=yes)
    from modelyard import deploy as deploying

    request = deploying.DeployRequest(image=image, target=target, every_s=every)
    with progress(enabled=not (quiet or json)) as report:
        result = deploying.deploy(request, report, _nothing if quiet else _output.note)
    failure = result.failure()
    if failure is not None:
        _output.show_failed(result, text, failure, as_json=json)
    _output.show(result, text, as_json=json)


def text(result: "Deployment") -> str:
    """Lay out how it ended."""
    lines = [f"state     {result.state}", f"image     {result.image}", f"previous  {result.previous or '-'}"]
    return "\n".join([*lines, *([f"reason    {result.reason}"] if result.reason else [])])


def _target(project: "Project") -> "Target":
    """Return the service of the project's environment.

    Raises:
        RequestError: The environment has no platform.
    """
    if project.env == "local":
        raise RequestError(
            "The environment local has no platform to deploy to.",
            "Use --env dev, staging or prod; on this machine, `modelyard serve` runs the server.",
            code="no_platform",
        )
    from modelyard.deploy import Target
    from modelyard.infra import platform as platforms

    return Target.of(platforms.load(platforms.find(project.root)), project.env, project.config.name)


def _confirm(question: str, *, yes: bool) -> None:
    # without a terminal nobody is asked: this is what a release workflow does
    if not yes and sys.stdin.isatty() and not typer.confirm(question, err=True):
        raise RequestError("Nothing was done.", code="not_confirmed")


def _nothing(line: str) -> None:
    """Say nothing."""
