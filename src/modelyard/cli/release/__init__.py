"""`modelyard release`."""

import typer

from modelyard.cli.release import abort, promote, resume, rollback, start, status

app = typer.Typer(
    name="release",
    help="A challenger takes over step by step, and is taken back by itself when it fails.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(start.start)
app.command()(status.status)
app.command()(promote.promote)
app.command()(rollback.rollback)
app.command()(abort.abort)
app.command()(resume.resume)
