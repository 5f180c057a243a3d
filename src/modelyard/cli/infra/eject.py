"""`modelyard infra eject`."""

from pathlib import Path
from typing import Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption

LayerArgument = Annotated[str, typer.Argument(help="account, network, lake, registry, ci, cluster, ...")]


def eject(layer: LayerArgument, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Copy a layer's program into the repository, to be edited; from then on that copy is run."""
    from modelyard.infra.platform.eject import eject as copy

    found = copy(project or Path.cwd(), layer)
    _output.show(found, lambda result: "\n".join(result.files), as_json=json)
