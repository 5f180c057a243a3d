"""Options that many commands share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

from modelyard import __version__

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="On failure, show the whole traceback.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", envvar="MODELYARD_PROJECT", help="The project's folder; default: found upward."),
]
EnvOption = Annotated[
    str, typer.Option("--env", envvar="MODELYARD_ENV", help="Environment of modelyard.yaml to work in.")
]
SourceOption = Annotated[
    str | None, typer.Option("--data", help="Path or URI of a table, instead of the one in modelyard.yaml.")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"modelyard {__version__}")
        raise typer.Exit


def version_option(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_print_version),
    ] = False,
    verbose: VerboseOption = False,
) -> None:
    """Take the options that stand before any command."""


def everywhere(verbose: VerboseOption = False, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Declare the options that every command accepts, whether or not it has a use for them."""
