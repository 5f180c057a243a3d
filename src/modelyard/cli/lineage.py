"""`modelyard lineage`: from a model back to its rows."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from pydantic import BaseModel


def lineage(
    version: Annotated[int, typer.Argument(metavar="V", help="A version of `modelyard models list`.")],
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Walk from a version back to snapshot, commit, parameters and gate."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.history import lineage as walk

    _output.show(walk(found, version), text, as_json=json)


def text(result: "BaseModel") -> str:
    """Lay out any record as YAML."""
    import yaml

    return yaml.safe_dump(result.model_dump(mode="json"), sort_keys=False, allow_unicode=True).rstrip()
