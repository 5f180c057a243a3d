"""What the commands of the real engine share: their options, the request made of them, and how results are shown."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.errors import RequestError

if TYPE_CHECKING:
    from modelyard.infra.engine.results import Outcome
    from modelyard.infra.engine.targets import Request
    from modelyard.infra.platform import EnvName

OneEnvOption = Annotated[str | None, typer.Option("--env", envvar="MODELYARD_ENV", help="dev, staging or prod.")]
LayerOption = Annotated[list[str] | None, typer.Option("--layer", help="Only this layer; may be repeated.")]
InstallOption = Annotated[bool, typer.Option("--install-cli", help="Fetch the pinned Pulumi CLI when there is none.")]
UnlockOption = Annotated[bool, typer.Option("--unlock", help="Take away the lock of a run that is surely gone.")]
AdoptOption = Annotated[
    list[str] | None, typer.Option("--adopt", metavar="URN=ID", help="A resource that a killed run did make.")
]
ForgetOption = Annotated[
    list[str] | None, typer.Option("--forget", metavar="URN", help="A resource that a killed run did not make.")
]


def environment(name: str | None) -> "EnvName":
    """Return the environment that was named.

    Raises:
        RequestError: None was named, or one that no platform has.
    """
    from modelyard.infra.platform import ENVIRONMENTS

    if name not in ENVIRONMENTS:
        asked = "No environment was named." if name in {None, "local"} else f"There is no environment {name!r}."
        raise RequestError(asked, f"Use --env with one of: {', '.join(ENVIRONMENTS)}.", code="no_environment")
    return name


def request(
    env: str | None,
    layers: list[str] | None,
    project: Path | None,
    *,
    install: bool = False,
    unlock: bool = False,
    delete_data: bool = False,
    adopt: list[str] | None = None,
    forget: list[str] | None = None,
) -> "Request":
    """Return the request of a command, its platform read from `platform.yaml`.

    Raises:
        RequestError: No platform, a wrong one, or an environment that it does not have.
    """
    from modelyard.infra import platform as platforms
    from modelyard.infra.engine.targets import Request
    from modelyard.infra.platform import programs

    path = platforms.find(project or Path.cwd())
    found, name = platforms.load(path), environment(env)
    if name not in found.environments:
        known = ", ".join(found.environments)
        raise RequestError(f"{path} has no environment {name!r}.", f"It has: {known}.", code="no_environment")
    return Request(
        platform=found,
        env=name,
        layers=tuple(layers or ()),
        ejected=programs.ejected(path),
        install_cli=install,
        unlock=unlock,
        delete_data=delete_data,
        adopt=tuple(adopt or ()),
        forget=tuple(forget or ()),
    )


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something that changes the world; without a terminal only `--yes` allows it.

    Raises:
        RequestError: Nobody can answer, or the answer was no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise RequestError("Nobody is there to confirm this.", "Add --yes.", code="not_confirmed")
    if not typer.confirm(question, err=True):
        raise RequestError("Nothing was done.", code="not_confirmed")


def text(outcome: "Outcome") -> str:
    """Lay out the layers and their outputs."""
    header = ("layer", "create", "update", "delete", "same", "seconds", "")
    rows = [
        (la.name, la.create, la.update, la.delete, la.same, f"{la.seconds:.1f}", _placeholders(la.placeholders))
        for la in outcome.layers
    ]
    lines = [_output.table(header, rows)] if rows else ["No layer is up."]
    if not getattr(outcome, "secrets_compared", True):
        lines += ["", "Secret values were not compared: those of the state cannot be opened from here."]
    for layer, values in outcome.outputs.items():
        lines += ["", f"{layer}:", *(f"  {name}: {value}" for name, value in values.items())]
    return "\n".join(lines)


def _placeholders(names: tuple[str, ...]) -> str:
    return f"with placeholders for {', '.join(names)}, not up yet" if names else ""
