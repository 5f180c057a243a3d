"""`modelyard predict`: batch scoring."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project
from modelyard.errors import RequestError

if TYPE_CHECKING:
    from modelyard.batch import PredictResult
    from modelyard.config import Project
    from modelyard.routing import Ref

InputOption = Annotated[str, typer.Option("--input", help="Path, glob or URI of the table to score.")]
OutputOption = Annotated[Path, typer.Option("--output", help="The Parquet file to write.")]
VersionOption = Annotated[int | None, typer.Option("--version", help="A version's number; default the champion.")]
OnBadOption = Annotated[
    str, typer.Option("--on-bad", metavar="fail|reject", help="What a row that breaks the contract does.")
]
RejectsOption = Annotated[
    Path | None,
    typer.Option("--rejects", help="Where rejected rows are told (.parquet, .jsonl); default OUTPUT.rejects.parquet."),
]


def predict(
    input: InputOption,
    output: OutputOption,
    version: VersionOption = None,
    on_bad: OnBadOption = "fail",
    rejects: RejectsOption = None,
    project: ProjectOption = None,
    env: EnvOption = "local",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Score a table of any size with the champion, or another version."""
    if on_bad not in ("fail", "reject"):
        raise RequestError(f"--on-bad is {on_bad!r}.", "It is fail or reject.", code="usage")
    found = open_project(project, env, quiet=quiet or json)
    from modelyard import batch

    request = batch.PredictRequest(input=input, output=output, version=version, on_bad=on_bad, rejects=rejects)
    with progress(enabled=not (quiet or json)) as report:
        result = batch.predict(found, request, report, registered=lambda number: _registered(found, number))
    _output.show(result, text, as_json=json)


def _registered(project: "Project", version: int) -> "Ref":
    from modelyard.loop.versions import show
    from modelyard.routing import Ref

    return Ref(version=version, sha256=show(project, version).sha256)


def text(result: "PredictResult") -> str:
    """Lay out what was done for a person."""
    rate = result.rows / result.seconds if result.seconds else 0
    lines = [
        f"{result.rows:,} rows scored by version {result.version} in {result.seconds:.1f} s ({rate:,.0f} a second)"
    ]
    lines += [f"{result.resumed:,} rows had been finished by an interrupted run"] * bool(result.resumed)
    lines += [f"{result.rejected:,} rows rejected: {result.rejects}"] * bool(result.rejected)
    return "\n".join([*lines, result.output])
