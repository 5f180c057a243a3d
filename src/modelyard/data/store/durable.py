"""Files that are whole or absent: written beside their place, flushed, then moved there."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".tmp-"


@contextmanager
def beside(path: Path, name: str | None = None) -> Generator[Path]:
    """Yield an unused name in the folder of `path`; whatever is left there in the end is removed.

    With a `name` of its own, what a killed writer has left is overwritten by the next one: for large files with one
    writer at a time.
    """
    temporary = path.with_name(name or f"{TEMPORARY}{os.getpid()}-{os.urandom(4).hex()}")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def flushed(path: Path) -> Generator[BinaryIO]:
    """Open a new file for writing; its content is on disk afterwards."""
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each recorded durably in its parent."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """Make renames, links and removals in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
