"""The folder that an update works in: beside git's own files and locked, or a temporary one that leaves no trace."""

import fcntl
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.errors import OutsideError
from modelyard.scaffold.update.move import JOURNAL
from modelyard.scaffold.update.repository import Repository

_NAME = "modelyard"
_LASTING = frozenset({"lock", JOURNAL, "index"})


@contextmanager
def own(repository: Repository) -> Generator[Path]:
    """Give the folder to one run at a time; what a killed one left is swept, but for what it wrote down.

    Raises:
        OutsideError: Another update is running.
    """
    folder = repository.folder / _NAME
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutsideError(
                f"Another modelyard is changing {repository.top}.", "Wait until it has ended.", code="busy"
            ) from error
        _sweep(folder)
        try:
            yield folder
        finally:
            _sweep(folder)


@contextmanager
def passing() -> Generator[Path]:
    """Give a folder outside the repository, for what only looks."""
    with tempfile.TemporaryDirectory(prefix="modelyard-update-") as folder:
        yield Path(folder)


def _sweep(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name in _LASTING:
            continue
        shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink(missing_ok=True)
