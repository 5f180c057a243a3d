"""`modelyard config`."""

import typer

from modelyard.cli.config import schema, show

app = typer.Typer(name="config", help="The project's configuration.", no_args_is_help=True, rich_markup_mode=None)
app.command()(show.show)
app.command()(schema.schema)
