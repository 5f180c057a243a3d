"""`modelyard adopt`: the missing parts, added to a repository that exists."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    from modelyard.scaffold.adopt import AdoptResult


def adopt(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="The repository's folder.")] = Path(),
    data: Annotated[str | None, typer.Option(help="The table: path, glob, URI or sklearn:NAME.")] = None,
    query: QueryOption = None,
    target: TargetOption = None,
    id: IdOption = None,
    time: TimeOption = None,
    group: GroupOption = None,
    positive: PositiveOption = None,
    task: TaskOption = "auto",
    estimator: EstimatorOption = "auto",
    keep_personal: KeepPersonalOption = None,
    platform: PlatformOption = "none",
    region: RegionOption = None,
    account: AccountOption = None,
    github: GithubOption = None,
    lock: LockOption = True,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Add what a repository lacks, without touching a file that is there. It commits nothing."""
    from modelyard.scaffold.adopt import adopt as add
    from modelyard.scaffold.new import NewRequest
    from modelyard.scaffold.profile import Overrides

    if data is not None:
        target = target or _prompt.target(data, query, ask=not (yes or json))
    request = NewRequest(
        directory=directory,
        data=data,
        overrides=Overrides(
            target=target, id=id, time=time, group=group, positive=positive, task=task, estimator=estimator,
            keep_personal=tuple(keep_personal or ()),
        ),
        lock=lock,
        github=github,
        platform=platform,
        region=region,
        query=query,
        account=account,
    )  # fmt: skip
    with progress(enabled=not (quiet or json)) as report:
        result = add(request, report)
    _output.show(result, _text, as_json=json)


def _text(result: "AdoptResult") -> str:
    if not result.added:
        return f"Nothing to add: {result.path} is Modelyard's already. `modelyard update` brings what is new."
    lines = [f"{result.path}: {len(result.added)} files added, {len(result.kept)} kept as they were", ""]
    lines += [f"  added  {path}" for path in result.added]
    lines += [f"  kept   {path}" for path in result.kept]
    lines += [f"warning: {warning}" for warning in result.warnings]
    return "\n".join([*lines, "", "next:", *(f"  {step}" for step in result.next)])
