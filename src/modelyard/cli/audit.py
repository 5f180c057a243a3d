"""`modelyard audit`: who did what, when and why."""

from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.loop.history import Audit


def audit(project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False) -> None:
    """Show the audit chain; exit 1 when an event was changed, removed or cut off."""
    found = open_project(project, env, quiet=True)
    from modelyard.loop.history import audit as read

    result = read(found)
    failure = result.failure()
    if failure is not None:
        _output.show_failed(result, _text, failure, as_json=json)
    _output.show(result, _text, as_json=json)


def _text(result: "Audit") -> str:
    rows = [(e.number, e.time, e.who, e.action, e.subject, e.why) for e in result.events]
    return _output.table(("no", "time", "who", "action", "subject", "why"), rows) + f"\nchain: {result.chain}"
