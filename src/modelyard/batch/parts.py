"""The finished parts of a run: each whole and on disk before it counts, so that a killed run goes on from them."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from modelyard.batch import lock
from modelyard.data.store.durable import beside, flush_folder
from modelyard.errors import OutsideError
from modelyard.record import Record

REJECTS = pl.Schema(
    {"row": pl.Int64(), "column": pl.String(), "rule": pl.String(), "message": pl.String(), "value": pl.String()}
)
"""Of the reject file; `row` counts the input's rows from 0, as the server does."""

_KEY = "key"


class Part(Record):
    """Rows `start` to `end` of the input, done.

    Attributes:
        start: Its first row.
        end: The row after its last one.
        rows: How many of them were scored.
        rejected: How many were not.
        tolerated: How many values each tolerant rule let pass, by the rule's place.
        sizes: Bytes of its files.
    """

    start: int
    end: int
    rows: int
    rejected: int
    tolerated: dict[int, int]
    sizes: list[int]


class Parts:
    """The parts in a folder that this process holds."""

    def __init__(self, folder: Path, key: str) -> None:
        """Take over what a run of the same key left, and remove what any other left."""
        self.folder = folder
        self.done: list[Part] = []
        if _read(folder / _KEY) != key.encode():
            lock.empty(folder)
            with _writing(folder):
                _flushed(folder / _KEY, key.encode())
        while (part := self._finished(self.end)) is not None:
            self.done.append(part)

    @property
    def end(self) -> int:
        """The first row of the input that is not done."""
        return self.done[-1].end if self.done else 0

    def save(self, scored: pl.DataFrame, rejects: pl.DataFrame, end: int, tolerated: dict[int, int]) -> None:
        """Keep the rows from `self.end` to `end`.

        Raises:
            OutsideError: The disk is full or fails.
        """
        start = self.end
        with _writing(self.folder):
            sizes = [_write(scored, self._scored(start)), _write(rejects, self._rejects(start))]
            part = Part(
                start=start,
                end=end,
                rows=scored.height,
                rejected=end - start - scored.height,
                tolerated=tolerated,
                sizes=sizes,
            )
            _flushed(self._record(start), part.model_dump_json().encode())
            flush_folder(self.folder)
        self.done.append(part)

    def publish(self, output: Path, rejects: Path | None, schema: pl.Schema) -> None:
        """Put the parts together, and move the whole files to their places, the output last.

        Raises:
            OutsideError: The disk is full or fails.
        """
        made = [(rejects, REJECTS, self._rejects)] if rejects is not None else []
        for target, columns, name in [*made, (output, schema, self._scored)]:
            with _writing(target):
                files = [name(part.start) for part in self.done]
                target.parent.mkdir(parents=True, exist_ok=True)
                # not among the parts, which may lie on another disk: a move is whole on one only
                with beside(target, f".{target.stem}.whole{target.suffix}") as temporary:
                    _join(files, columns, temporary)
                    _place(temporary, target)

    def _scored(self, start: int) -> Path:
        return self.folder / f"{start:015d}.scored"

    def _rejects(self, start: int) -> Path:
        return self.folder / f"{start:015d}.rejects"

    def _record(self, start: int) -> Path:
        return self.folder / f"{start:015d}.json"

    def _finished(self, start: int) -> Part | None:
        try:
            part = Part.model_validate_json(_read(self._record(start)))
            found = [path.stat().st_size for path in (self._scored(start), self._rejects(start))]
        except (OSError, ValidationError):
            return None
        return part if part.start == start < part.end and found == part.sizes else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _write(frame: pl.DataFrame, path: Path) -> int:
    with path.open("wb") as file:
        frame.write_ipc(file)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _flushed(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _join(files: Sequence[Path], schema: pl.Schema, to: Path) -> None:
    rows = pl.scan_ipc(list(files), glob=False) if files else schema.to_frame().lazy()
    if to.suffix.lower() == ".jsonl":
        rows.sink_ndjson(to, engine="streaming")
    else:
        rows.sink_parquet(to, engine="streaming")


def _place(temporary: Path, target: Path) -> None:
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(target)
    flush_folder(target.parent)


@contextmanager
def _writing(path: Path) -> Generator[None]:
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).split("\n", 1)[0]
        raise OutsideError(
            f"{path} cannot be written: {reason}.",
            "Make room or allow writing there, then run the same command again: it goes on from what is finished.",
            code="unwritable",
        ) from error
