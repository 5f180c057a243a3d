"""The command line. This module only registers: the folder path of a command is its path on the command line."""

import typer

from modelyard.cli import (
    adopt,
    audit,
    config,
    data,
    demo,
    deploy,
    doctor,
    evaluate,
    feedback,
    gate,
    github,
    infra,
    lineage,
    models,
    monitor,
    new,
    predict,
    release,
    report,
    run,
    serve,
    smoke,
    train,
    ui,
    update,
)
from modelyard.cli._boundary import Boundary
from modelyard.cli._options import version_option

app = typer.Typer(
    name="modelyard",
    cls=Boundary,
    help="From a table of data to a production ML repository.",
    rich_markup_mode=None,  # importing rich for the help text would cost half of the start-up time
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.callback()(version_option)
app.command()(new.new)
app.command()(update.update)
app.command()(adopt.adopt)
app.command()(demo.demo)
app.command()(run.run)
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(gate.gate)
app.add_typer(data.app)
app.add_typer(models.app)
app.command()(lineage.lineage)
app.command()(audit.audit)
app.command()(report.report)
app.command()(serve.serve)
app.command()(predict.predict)
app.command()(feedback.feedback)
app.command()(monitor.monitor)
app.add_typer(release.app)
app.command()(deploy.deploy)
app.command()(smoke.smoke)
app.command()(ui.ui)
app.add_typer(infra.app)
app.add_typer(github.app)
app.command()(doctor.doctor)
app.add_typer(config.app)


def main() -> None:
    """Run the command line; the entry point of `modelyard`."""
    app()


__all__ = ["app", "main"]
