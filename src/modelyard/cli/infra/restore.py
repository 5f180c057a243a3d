"""`modelyard infra restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption, YesOption
from modelyard.cli._progress import progress
from modelyard.cli.infra._engine import OneEnvOption, confirm, environment

if TYPE_CHECKING:
    from modelyard.infra.restore import Restored

DrillOption = Annotated[bool, typer.Option("--drill", help="Restore beside the database, check, and delete the copy.")]
SnapshotOption = Annotated[str | None, typer.Option("--snapshot", help="Default: the newest that is available.")]


def restore(
    env: OneEnvOption = None,
    drill: DrillOption = False,
    snapshot: SnapshotOption = None,
    project: ProjectOption = None,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Bring the registry's database back from its backup; with --drill only prove that it could be."""
    from modelyard.infra import platform as platforms
    from modelyard.infra import restore as restoring

    found = platforms.load(platforms.find(project or Path.cwd()))
    name = platforms.known(found, environment(env))
    question = "Restore a copy of the database and delete it again?" if drill else "Replace the database by its backup?"
    confirm(question, yes=yes)
    with progress(enabled=not (quiet or json)) as report:
        done = restoring.restore(found, name, drill=drill, snapshot=snapshot, report=report)
    _output.show(done, _text, as_json=json)


def _text(done: "Restored") -> str:
    return _output.table(("step", "seconds", "result"), [(s.name, f"{s.seconds:.0f}", s.result) for s in done.steps])
