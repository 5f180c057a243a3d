"""`modelyard infra up`."""

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption, YesOption
from modelyard.cli._progress import progress
from modelyard.cli.infra import _engine


def up(
    env: _engine.OneEnvOption = None,
    layer: _engine.LayerOption = None,
    install_cli: _engine.InstallOption = False,
    unlock: _engine.UnlockOption = False,
    adopt: _engine.AdoptOption = None,
    forget: _engine.ForgetOption = None,
    project: ProjectOption = None,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Make or change the platform, layer by layer; run it again after a failure and it goes on where it stopped."""
    asked = _engine.request(env, layer, project, install=install_cli, unlock=unlock, adopt=adopt, forget=forget)
    from modelyard.infra import engine

    engine.refuse_unready(asked)
    account = asked.platform.account_of(asked.env)
    _engine.confirm(f"Make or change {asked.env} in account {account}? `infra preview` shows what.", yes=yes)
    with progress(enabled=not (quiet or json)) as report:
        done = engine.up(asked, report, _output.note)
    _output.show(done, _engine.text, as_json=json)
