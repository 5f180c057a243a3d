"""The local working folder of a run: one folder per idempotency key, one file per finished stage.

A stage is finished when its JSON file exists; the file is written last and atomically, so a kill at any
moment leaves either a finished stage or one that is done again.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from modelyard.record import Record

Value = TypeVar("Value", bound=Record)
_UNFINISHED = ".unfinished-"


class Workspace:
    """`runs/KEY` of a project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, stage: str, kind: type[Value]) -> Value | None:
        """Return the record of a finished stage; None when it is not finished (or of an older version)."""
        try:
            return kind.model_validate_json((self.folder / f"{stage}.json").read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def save(self, stage: str, record: Record) -> None:
        """Mark a stage as finished."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / f"{stage}.json", record.model_dump_json(indent=2).encode())

    def forget(self, stages: tuple[str, ...]) -> None:
        """Mark stages as not finished."""
        for stage in stages:
            (self.folder / f"{stage}.json").unlink(missing_ok=True)

    def fresh(self, name: str) -> Path:
        """Return an empty folder for the artifacts of a stage that starts (again)."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def sweep(self) -> None:
        """Remove the unfinished files of killed processes; only for who holds the lock of the run."""
        for path in self.folder.rglob(f"{_UNFINISHED}*"):
            path.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content`: complete or not at all, and durable."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
