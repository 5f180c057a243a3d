"""The folder of an unfinished run beside its output, held by one process; the kernel frees it when that dies."""

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from modelyard.errors import OutcomeError, OutsideError

_LOCK = "lock"
_ATTEMPTS = 20


def folder_of(output: Path) -> Path:
    """Return where the parts of `output` lie: hidden, so that no pattern takes them for tables."""
    return output.with_name(f".{output.name}.parts")


@contextmanager
def held(folder: Path) -> Generator[Path]:
    """Hold `folder`, which is made.

    Raises:
        OutcomeError: Another process writes the same output.
        OutsideError: It cannot be made.
    """
    with _locked(folder):
        yield folder


def remove(folder: Path) -> None:
    """Remove the folder and all in it, the lock last, so that nobody takes it for free before it is empty."""
    empty(folder)
    shutil.rmtree(folder, ignore_errors=True)


def empty(folder: Path) -> None:
    """Remove what lies in the folder but for its lock."""
    for path in folder.iterdir():
        if path.name != _LOCK:
            path.unlink()


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    while True:
        with _opened(folder) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _busy(folder, file) from None
            if not _is_there(folder, file):  # its owner finished, and removed it, in this very moment
                continue
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
            return


def _opened(folder: Path) -> TextIO:
    failure = FileNotFoundError()
    for _ in range(_ATTEMPTS):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return (folder / _LOCK).open("a+")
        except FileNotFoundError as error:  # removed in between, or a place where nothing can be made
            failure = error
        except OSError as error:
            raise _unwritable(folder, error) from error
    raise _unwritable(folder, failure) from failure


def _unwritable(folder: Path, error: OSError) -> OutsideError:
    return OutsideError(
        f"{folder.parent} cannot be written to: {error.strerror or error}.",
        "Name an output in a folder that you may write to, on a disk with room.",
        code="unwritable",
    )


def _is_there(folder: Path, file: TextIO) -> bool:
    try:
        return (folder / _LOCK).stat().st_ino == os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return False


def _busy(folder: Path, file: TextIO) -> OutcomeError:
    file.seek(0)
    holder = file.read().strip() or "unknown"
    name = folder.name.removeprefix(".").removesuffix(".parts")
    return OutcomeError(
        f"Another run is writing {name} (process {holder}).",
        "Wait until it ends, or name another output.",
        code="busy",
    )
