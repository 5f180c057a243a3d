"""`modelyard github`."""

import typer

from modelyard.cli.github import comment, propose, restore, setup

app = typer.Typer(
    name="github",
    help="GitHub: the repository's settings, and the steps of its workflows that talk to it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(setup.setup)
app.command()(comment.comment)
app.command()(restore.restore)
app.command()(propose.propose)
