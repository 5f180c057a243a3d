"""`modelyard infra refresh`."""

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli.infra import _engine


def refresh(
    env: _engine.OneEnvOption = None,
    layer: _engine.LayerOption = None,
    install_cli: _engine.InstallOption = False,
    unlock: _engine.UnlockOption = False,
    adopt: _engine.AdoptOption = None,
    forget: _engine.ForgetOption = None,
    project: ProjectOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Read every resource anew into the state; what somebody changed by hand is counted as update or delete."""
    asked = _engine.request(env, layer, project, install=install_cli, unlock=unlock, adopt=adopt, forget=forget)
    from modelyard.infra import engine

    with progress(enabled=not (quiet or json)) as report:
        found = engine.refresh(asked, report, _output.note)
    _output.show(found, _engine.text, as_json=json)
