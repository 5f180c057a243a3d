"""`modelyard models list`."""

from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.loop.versions import Versions


def list_(project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False) -> None:
    """List the registered versions, newest first."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.versions import versions

    _output.show(versions(found), _text, as_json=json)


def _text(result: "Versions") -> str:
    rows = [
        (v.version, v.state, ", ".join(v.aliases), v.snapshot[:12], v.commit[:10], v.created, v.sha256[:12])
        for v in result.versions
    ]
    return _output.table(("version", "state", "aliases", "snapshot", "commit", "created", "sha256"), rows)
