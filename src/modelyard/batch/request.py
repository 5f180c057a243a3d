"""What a batch run is asked, and what it says it did."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from modelyard.errors import RequestError
from modelyard.record import Record

OnBad = Literal["fail", "reject"]

_OUTPUTS = {".parquet", ".pq", ""}
_REJECTS = {".parquet", ".pq", ".jsonl"}


@dataclass(frozen=True)
class PredictRequest:
    """What to score.

    Attributes:
        input: Anything that `open_table` reads.
        output: The Parquet file to write; one that is there is replaced when all is done.
        version: A version's number; default the champion.
        on_bad: What a row that breaks the contract does: stop the run, or go to the reject file.
        rejects: The reject file (.parquet or .jsonl); default OUTPUT.rejects.parquet.
        base: The folder that relative paths start from; default the working directory.
    """

    input: str
    output: Path
    version: int | None = None
    on_bad: OnBad = "fail"
    rejects: Path | None = None
    base: Path | None = None


class PredictResult(Record):
    """What `modelyard predict` says.

    Attributes:
        rows: Rows of the output.
        version: What scored them.
        output: The file that was written.
        seconds: How long this run took.
        rejected: Rows that broke the contract and were left out.
        rejects: The reject file; None where bad rows stop the run.
        resumed: Rows that an interrupted run had finished before.
    """

    rows: int
    version: int
    output: str
    seconds: float
    rejected: int = 0
    rejects: str | None = None
    resumed: int = 0


@dataclass(frozen=True)
class Targets:
    """The files that a run writes; absolute paths."""

    output: Path
    rejects: Path | None  # None where bad rows stop the run


def targets(request: PredictRequest) -> Targets:
    """Return where to write.

    Raises:
        RequestError: It is a folder, of another format, or one file twice.
    """
    base = request.base or Path.cwd()
    output = _file(base, request.output, "output", _OUTPUTS)
    if request.rejects is not None and request.on_bad == "fail":
        raise RequestError(
            "A reject file is written only with --on-bad reject.", "Add it, or leave --rejects out.", code="usage"
        )
    if request.on_bad == "fail":
        return Targets(output, None)
    given = request.rejects or request.output.with_name(f"{request.output.name}.rejects.parquet")
    rejects = _file(base, given, "reject file", _REJECTS)
    if rejects.resolve() == output.resolve():
        raise RequestError(f"{given} is both the output and the reject file.", "Name two files.", code="same_file")
    return Targets(output, rejects)


def keep_inputs(found: Targets, files: tuple[Path, ...]) -> None:
    """Refuse to write over what is read.

    Raises:
        RequestError: A target is one of the input's files.
    """
    for target in (found.output, found.rejects):
        if target is not None and target.exists() and any(target.samefile(file) for file in files):
            raise RequestError(
                f"{target} is read by this run and cannot be written too.", "Name another file.", code="same_file"
            )


def _file(base: Path, given: Path, what: str, endings: set[str]) -> Path:
    if str(given) == "-":
        raise RequestError(
            f"The {what} - would be a file of that name, not the standard output.",
            "Name a file: it is moved to its place when it is whole.",
            code="bad_output",
        )
    if "://" in str(given) or ":/" in str(given)[:6]:
        raise RequestError(f"The {what} {given} is no local path.", "Write to a file, then copy it.", code="bad_output")
    path = (base / given.expanduser()).absolute()
    if path.suffix.lower() not in endings:
        known = ", ".join(sorted(endings - {""}))
        raise RequestError(
            f"The {what} {given} is named {path.suffix}.", f"It is written as {known}.", code="bad_output"
        )
    if path.is_dir() or not given.name:
        raise RequestError(f"The {what} {given} is a folder.", "Name a file in it.", code="is_folder")
    if path.exists() and not path.is_file():
        raise RequestError(f"The {what} {given} is no regular file.", "Name a file.", code="bad_output")
    return path
