"""`modelyard infra prices refresh`."""

from pathlib import Path
from typing import Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption

RegionOption = Annotated[
    list[str] | None, typer.Option("--region", help="May be given several times; default: those of platform.yaml.")
]


def refresh(
    region: RegionOption = None,
    project: ProjectOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Read today's prices from the AWS Price List into prices.yaml beside platform.yaml, for `infra plan`."""
    from modelyard.infra import platform as platforms
    from modelyard.infra.cost import OWN
    from modelyard.infra.cost.refresh import refresh as read

    path = platforms.find(project or Path.cwd())
    platform = platforms.load(path)
    regions = region or sorted({platform.region_of(env) for env in platform.environments})
    found, missing = read(regions, path.parent / OWN)
    if missing and not quiet:
        _output.note(f"The list has no single price for {', '.join(missing)}; the shipped ones stay.")
    _output.show(found, lambda result: f"{result.rows} prices of {result.date} in {path.parent / OWN}", as_json=json)
