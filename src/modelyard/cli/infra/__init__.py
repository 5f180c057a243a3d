"""`modelyard infra`."""

import typer

from modelyard.cli.infra import (
    bootstrap,
    controls,
    destroy,
    eject,
    graph,
    leftovers,
    outputs,
    plan,
    preview,
    prices,
    refresh,
    restore,
    up,
)

app = typer.Typer(
    name="infra",
    help="The platform on AWS: planned offline, brought up by Pulumi, taken down without leftovers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(plan.plan)
app.command()(graph.graph)
app.command()(bootstrap.bootstrap)
app.command()(preview.preview)
app.command()(up.up)
app.command()(outputs.outputs)
app.command()(refresh.refresh)
app.command()(destroy.destroy)
app.command()(leftovers.leftovers)
app.command()(restore.restore)
app.command()(eject.eject)
app.command()(controls.controls)
app.add_typer(prices.app)
