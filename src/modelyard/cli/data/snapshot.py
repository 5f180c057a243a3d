"""`modelyard data snapshot`: store the table as it is now."""

from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, SourceOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.data.snapshot import Snapshot


def snapshot(
    data: SourceOption = None,
    project: ProjectOption = None,
    env: EnvOption = "local",
    json: JsonOption = False,
) -> None:
    """Store the table as an immutable snapshot; the same rows give the same id."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.table import snapshot as take

    _output.show(take(found, data), _text, as_json=json)


def _text(result: "Snapshot") -> str:
    return f"{result.id[:12]}  {result.rows:,} rows, {len(result.columns)} columns from {result.source}"
