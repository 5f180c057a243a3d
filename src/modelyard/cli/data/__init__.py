"""`modelyard data`."""

import typer

from modelyard.cli.data import check, diff, list, profile, snapshot  # noqa: A004 - the file is named after its command

app = typer.Typer(
    name="data",
    help="The table: contract, snapshots, differences.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(check.check)
app.command()(snapshot.snapshot)
app.command("list")(list.list_)
app.command()(diff.diff)
app.command()(profile.profile)
