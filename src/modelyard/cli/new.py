"""`modelyard new`: a repository from a table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from modelyard.cli import _output, _prompt
from modelyard.cli._options import JsonOption, QuietOption, YesOption
from modelyard.cli._progress import progress
from modelyard.cli._table import (
    AccountOption,
    EstimatorOption,
    GithubOption,
    GroupOption,
    IdOption,
    KeepPersonalOption,
    LockOption,
    PlatformOption,
    PositiveOption,
    QueryOption,
    RegionOption,
    TargetOption,
    TaskOption,
    TimeOption,
)

if TYPE_CHECKING:
    from modelyard.scaffold.result import NewPlatform, NewResult


def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; absent or empty.")],
    data: Annotated[
        str | None,
        typer.Option(
            help="Path, glob, s3://, https://, sqlite:, postgresql://, demo:flights or sklearn:NAME.",
            show_default="demo:flights",
        ),
    ] = None,
    query: QueryOption = None,
    target: TargetOption = None,
    id: IdOption = None,
    time: TimeOption = None,
    group: GroupOption = None,
    positive: PositiveOption = None,
    task: TaskOption = "auto",
    estimator: EstimatorOption = "auto",
    keep_personal: KeepPersonalOption = None,
    template: Annotated[Literal["tabular", "platform"], typer.Option(help="What to make.")] = "tabular",
    platform: PlatformOption = "none",
    region: RegionOption = None,
    account: AccountOption = None,
    github: GithubOption = None,
    git: Annotated[bool, typer.Option("--git/--no-git", help="Make a git repository and the first commit.")] = True,
    lock: LockOption = True,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Make a machine-learning repository from a table, or the repository of a platform. It trains nothing."""
    from modelyard.scaffold.renderer import Renderer

    with Renderer() as renderer:  # it starts now: its imports take as long as those below
        from modelyard.scaffold.new import NewRequest, new
        from modelyard.scaffold.new_platform import new_platform
        from modelyard.scaffold.profile import Overrides

        if template == "tabular":
            target = target or _prompt.target(data or "demo:flights", query, ask=not (yes or json))
        request = NewRequest(
            directory=directory,
            data=data,
            overrides=Overrides(
                target=target, id=id, time=time, group=group, positive=positive, task=task, estimator=estimator,
                keep_personal=tuple(keep_personal or ()),
            ),
            git=git,
            lock=lock,
            github=github,
            template=template,
            platform=platform,
            region=region,
            query=query,
            account=account,
        )  # fmt: skip
        with progress(enabled=not (quiet or json)) as report:
            made = new_platform(request, report, renderer) if template == "platform" else new(request, report, renderer)
    _output.show(made, _text, as_json=json)


def _text(result: "NewResult | NewPlatform") -> str:
    """Say what was made, and why each column got its role."""
    lines = [
        *_head(result),
        "",
        *(f"{d.about}: {d.choice} - {d.reason}" for d in result.decisions),
        *(f"warning: {w}" for w in result.warnings),
        "",
        "next:",
        *(f"  {step}" for step in result.next),
    ]
    return "\n".join(lines)


def _head(result: "NewResult | NewPlatform") -> list[str]:
    if result.data is None:
        return [f"{result.path}: a platform, every layer's program in stacks/"]
    columns = [(c.name, c.type, c.role, c.reason) for c in result.columns]
    said = f"{result.path}: {result.data.rows:,} rows, {result.data.columns} columns from {result.data.source}"
    return [said, "", _output.table(("column", "type", "role", "why"), columns)]
