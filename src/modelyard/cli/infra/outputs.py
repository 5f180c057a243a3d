"""`modelyard infra outputs`."""

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption
from modelyard.cli.infra import _engine


def outputs(
    env: _engine.OneEnvOption = None,
    layer: _engine.LayerOption = None,
    install_cli: _engine.InstallOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Show what the layers that are up export; secrets are masked."""
    asked = _engine.request(env, layer, project, install=install_cli)
    from modelyard.infra import engine

    _output.show(engine.outputs(asked, note=_output.note), _engine.text, as_json=json)
