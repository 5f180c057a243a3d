"""`modelyard data list`: the snapshots of this environment."""

from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.loop.table import Snapshots


def list_(project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False) -> None:
    """List the snapshots, newest first."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.table import snapshots

    _output.show(snapshots(found), _text, as_json=json)


def _text(result: "Snapshots") -> str:
    rows = [(s.id[:12], f"{s.rows:,}", len(s.columns), s.created, s.source) for s in result.snapshots]
    return _output.table(("id", "rows", "columns", "created", "source"), rows)
