"""`modelyard infra prices`."""

import typer

from modelyard.cli.infra.prices import refresh

app = typer.Typer(name="prices", help="What AWS charges.", no_args_is_help=True, rich_markup_mode=None)
app.command()(refresh.refresh)


@app.callback()
def prices() -> None:
    """Keep the group, although it has one command."""
