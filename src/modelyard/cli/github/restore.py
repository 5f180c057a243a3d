"""`modelyard github restore`."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption
from modelyard.cli._project import open_project
from modelyard.cli.github._options import RepositoryOption, RunOption

if TYPE_CHECKING:
    from modelyard.github.restore import RestoreResult


def restore(
    artifact: Annotated[str, typer.Option("--artifact", help="Name under which runs keep the store.")] = (
        "modelyard-store"
    ),
    branch: Annotated[str, typer.Option("--branch", help="Whose successful runs count.")] = "main",
    replace: Annotated[bool, typer.Option("--replace", help="Let a store go that has versions of its own.")] = False,
    run: RunOption = None,
    repository: RepositoryOption = None,
    project: ProjectOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Bring the store of the newest successful run on main, so that a new model meets the champion."""
    found = open_project(project, "local", quiet=quiet or json)
    from modelyard.github import place
    from modelyard.github.restore import Wanted
    from modelyard.github.restore import restore as bring

    wanted = Wanted(place.of_workflow(repository, found.root), artifact, branch, run, replace)
    _output.show(bring(found, wanted, str if quiet else _output.note), _text, as_json=json)


def _text(result: "RestoreResult") -> str:
    if result.reason is not None:
        return f"Nothing to restore: {result.reason}."
    champion = "no champion yet" if result.champion is None else f"champion is version {result.champion}"
    done = "restored" if result.change == "restored" else "as it was"
    return f"Store {done} from run {result.run} of {result.created}: {champion}."
