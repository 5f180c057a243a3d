"""`modelyard infra plan`."""

from pathlib import Path
from typing import Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption

EnvironmentOption = Annotated[str | None, typer.Option("--env", envvar="MODELYARD_ENV", help="Default: all of them.")]
LayerOption = Annotated[str | None, typer.Option("--layer", help="Show only this layer of the plan.")]
AgainstOption = Annotated[
    Path | None, typer.Option("--against", metavar="DIR", help="Another checkout, say of main: what differs in price.")
]
WriteOption = Annotated[
    bool, typer.Option("--write", help="First write what follows from platform.yaml into the repository's other files.")
]


def plan(
    env: EnvironmentOption = None,
    layer: LayerOption = None,
    against: AgainstOption = None,
    write: WriteOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Plan the platform offline: every resource, what is wrong with it, which controls it breaks, what it costs."""
    from modelyard.cli.infra._review import text
    from modelyard.infra.against import beside
    from modelyard.infra.review import refusal, reviews

    if write:
        _settle(project or Path.cwd())
    found = reviews(project or Path.cwd(), env, layer)
    shown, other = beside(found, against, env, layer)
    error = refusal(found)
    if error is not None:
        _output.show_failed(shown, lambda _: text(found, other), error, as_json=json)
    _output.show(shown, lambda _: text(found, other), as_json=json)


def _settle(start: Path) -> None:
    from modelyard.github.yaml_edit import edited
    from modelyard.infra.platform.settle import settle

    for one in settle(start, edited):
        _output.note(f"{one.file}: {one.key} is now {one.wanted}")
