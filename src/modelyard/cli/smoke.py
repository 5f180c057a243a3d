"""`modelyard smoke`."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.smoke import Smoke

UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="The service; default: MODELYARD_SERVICE_URL, else the platform's address of it."),
]
WaitOption = Annotated[float, typer.Option("--wait", min=0, max=3600, help="Seconds until it must be ready.")]
LoadOption = Annotated[float, typer.Option("--load", min=0, max=3600, help="Seconds of load; 0 leaves it out.")]
RateOption = Annotated[float, typer.Option("--rate", min=0.1, max=1000, help="Requests a second of the load.")]


def smoke(
    url: UrlOption = None,
    wait: WaitOption = 60.0,
    load: LoadOption = 5.0,
    rate: RateOption = 20.0,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Ask a deployed service: readiness, golden rows, a refusal, a short load; exit 1 when it does not pass."""
    found = open_project(project, env, quiet=quiet or json)
    from modelyard import smoke as testing

    request = testing.SmokeRequest(project=found, url=testing.address(found, url), wait_s=wait, load_s=load, rate=rate)
    with progress(enabled=not (quiet or json)) as report:
        result = testing.smoke(request, report)
    failure = result.failure(request.url)
    if failure is not None:
        _output.show_failed(result, text, failure, as_json=json)
    _output.show(result, text, as_json=json)


def text(result: "Smoke") -> str:
    """Lay out the checks and the load."""
    words = {True: "passed", False: "FAILED", None: "skipped"}
    rows = [(check.name, words[check.passed], check.found, check.need) for check in result.checks]
    lines = [_output.table(("check", "", "found", "need"), rows)]
    if result.rps is not None:
        lines.append(f"{result.rps:g} answers/s, p50 {result.p50_ms:g} ms, p99 {result.p99_ms:g} ms (open loop)")
    return "\n".join(lines)
