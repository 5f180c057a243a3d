"""`modelyard models copy`."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption
from modelyard.cli._project import open_project
from modelyard.cli.models.show import VersionArgument

if TYPE_CHECKING:
    from modelyard.loop.promote import Promotion


def copy(
    version: VersionArgument,
    source: Annotated[str, typer.Option("--from", help="Environment that has the version.")],
    target: Annotated[str, typer.Option("--to", help="Environment that gets it.")],
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Promote a version to another environment by its sha256; the gate runs against the champion there."""
    found = open_project(project, source, quiet=True)
    from modelyard.loop.promote import promote

    result = promote(found, version, target)
    failure = result.failure()
    if failure is not None:
        _output.show_failed(result, _text, failure, as_json=json)
    _output.show(result, _text, as_json=json)


def _text(result: "Promotion") -> str:
    rules = [f"  {r.verdict:<12} {r.name}: {r.reason}" for r in result.gate.rules]
    head = f"{result.source} -> {result.target}: version {result.version}, sha256 {result.sha256[:12]}"
    return "\n".join([head, f"gate: {result.gate.verdict}", *rules])
