"""`modelyard infra destroy`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption, YesOption
from modelyard.cli._progress import progress
from modelyard.cli.infra import _engine, leftovers
from modelyard.errors import OutsideError

if TYPE_CHECKING:
    from modelyard.infra.engine.results import Outcome

DataOption = Annotated[bool, typer.Option("--delete-data", help="Also delete what is protected because it holds data.")]


def destroy(
    env: _engine.OneEnvOption = None,
    layer: _engine.LayerOption = None,
    delete_data: DataOption = False,
    install_cli: _engine.InstallOption = False,
    unlock: _engine.UnlockOption = False,
    adopt: _engine.AdoptOption = None,
    forget: _engine.ForgetOption = None,
    project: ProjectOption = None,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Delete the platform, highest layer first, and prove that nothing that costs money is left."""
    asked = _engine.request(
        env, layer, project, install=install_cli, unlock=unlock, delete_data=delete_data, adopt=adopt, forget=forget
    )
    data = " WITH ITS DATA" if delete_data else ""
    _engine.confirm(f"Delete {asked.env} in account {asked.platform.account_of(asked.env)}{data}?", yes=yes)
    from modelyard.infra import engine
    from modelyard.infra.leftovers import leftovers as search

    with progress(enabled=not (quiet or json)) as report:
        done = engine.destroy(asked, report, _output.note)
        try:
            left = None if asked.layers else search(asked.platform, asked.env, report)
        except OutsideError as error:
            _output.show_failed(done, _engine.text, _unsearched(error, asked.env), as_json=json)
    failure = leftovers.failure(left, asked.env) if left is not None else None
    if failure is not None:
        _output.show_failed(done, _with(left), failure, as_json=json)
    _output.show(done, _engine.text, as_json=json)


def _unsearched(error: OutsideError, env: str) -> OutsideError:
    return OutsideError(
        f"{env} is deleted; whether anything that costs money is left could not be searched: {error.message}",
        f"{error.hint} Then search again: `modelyard infra leftovers --env {env}`.",
        code=error.code,
    )


def _with(left: Any) -> Any:  # noqa: ANN401 - a function of text to text
    def text(outcome: "Outcome") -> str:
        return f"{_engine.text(outcome)}\n\n{leftovers.text(left)}"

    return text
