"""`modelyard models`."""

import typer

from modelyard.cli.models import compare, copy, list, retire, show  # noqa: A004 - the file is named after its command

app = typer.Typer(name="models", help="The registry.", no_args_is_help=True, rich_markup_mode=None)
app.command("list")(list.list_)
app.command()(show.show)
app.command()(compare.compare)
app.command()(retire.retire)
app.command()(copy.copy)
