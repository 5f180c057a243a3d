"""`modelyard infra preview`."""

from typing import Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli.infra import _engine
from modelyard.errors import OutcomeError

ExpectOption = Annotated[bool, typer.Option("--expect-no-changes", help="Exit 1 when reality has drifted.")]


def preview(
    env: _engine.OneEnvOption = None,
    layer: _engine.LayerOption = None,
    expect_no_changes: ExpectOption = False,
    install_cli: _engine.InstallOption = False,
    unlock: _engine.UnlockOption = False,
    project: ProjectOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Ask the real engine what `up` would do; works before anything is up."""
    asked = _engine.request(env, layer, project, install=install_cli, unlock=unlock)
    from modelyard.infra import engine

    with progress(enabled=not (quiet or json)) as report:
        found = engine.preview(asked, report, _output.note)
    if expect_no_changes and found.changes:
        changed = ", ".join(each.name for each in found.layers if each.changes)
        drifted = OutcomeError(
            f"{found.changes} resources of {env} differ from the configuration, in: {changed}.",
            "`modelyard infra up` brings them back; `modelyard infra refresh` takes what is there into the state.",
            code="drift",
        )
        _output.show_failed(found, _engine.text, drifted, as_json=json)
    _output.show(found, _engine.text, as_json=json)
