"""`modelyard infra leftovers`."""

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli.infra._engine import OneEnvOption, environment
from modelyard.errors import OutcomeError

if TYPE_CHECKING:
    from modelyard.infra.leftovers import Leftovers


def leftovers(
    env: OneEnvOption = None, project: ProjectOption = None, quiet: QuietOption = False, json: JsonOption = False
) -> None:
    """List what belongs to this environment and still costs money; exit 1 when there is any."""
    from modelyard.infra import leftovers as searching
    from modelyard.infra import platform as platforms

    platform = platforms.load(platforms.find(project or Path.cwd()))
    name = platforms.known(platform, environment(env))
    with progress(enabled=not (quiet or json)) as report:
        found = searching.leftovers(platform, name, report)
    wrong = failure(found, name)
    if wrong is not None:
        _output.show_failed(found, text, wrong, as_json=json)
    _output.show(found, text, as_json=json)


def failure(found: "Leftovers", env: str) -> OutcomeError | None:
    """Return the error when anything is left."""
    if not found.resources:
        return None
    return OutcomeError(
        f"{len(found.resources)} resources of {env} are still there and cost money.",
        "Delete each with the command beside it, or run `modelyard infra destroy` if its layer is still up.",
        code="left_over",
    )


def text(found: "Leftovers") -> str:
    """Lay out what was found."""
    if not found.resources:
        return "Nothing that costs money is left."
    rows = [(r.kind, r.id, r.why, r.fix) for r in found.resources]
    return _output.table(("kind", "id", "found by", "delete with"), rows)
