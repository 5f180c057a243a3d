"""All or nothing on disk: a project is made in a hidden folder beside its place and moved there whole."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from modelyard.errors import DISK_FULL, ModelyardError, OutsideError, RequestError

PREFIX = ".modelyard-new-"
_ABANDONED_AFTER_S = 600


def refuse_occupied(directory: Path) -> None:
    """Raise `RequestError` unless `directory` is absent or an empty folder."""
    try:
        if not directory.exists() and not directory.is_symlink():
            return
        free = directory.is_dir() and not any(directory.iterdir())
    except OSError as error:
        raise _refused(directory, error) from error
    if not free:
        kind = "is not empty" if directory.is_dir() else "is not a folder"
        raise RequestError(
            f"{directory} {kind}; nothing was changed.",
            "Name a folder that does not exist yet.",
            code="occupied",
        )


@contextlib.contextmanager
def building(directory: Path) -> Generator[Path]:
    """Give a temporary folder; move it to `directory` when the block ends, remove it when the block fails.

    Raises:
        RequestError: The place cannot be written, or was taken meanwhile.
        OutsideError: The disk is full.
    """
    created: list[Path] = []
    workshop: Path | None = None
    handle: int | None = None
    try:
        created = _make_parents(directory.parent)
        _sweep(directory.parent)
        workshop = Path(tempfile.mkdtemp(prefix=PREFIX, dir=directory.parent))
        handle = os.open(workshop, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield workshop
        _sync(workshop)
        _move(workshop, directory)
    except BaseException as error:
        if workshop is not None:
            shutil.rmtree(workshop, ignore_errors=True)
        for parent in reversed(created):
            with contextlib.suppress(OSError):
                parent.rmdir()
        if isinstance(error, OSError) and not isinstance(error, ModelyardError):
            raise _refused(directory, error) from error
        raise
    finally:
        if handle is not None:
            os.close(handle)


def _make_parents(parent: Path) -> list[Path]:
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    made: list[Path] = []
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        made.append(folder)
    return made


def _sweep(parent: Path) -> None:
    """Remove what killed runs left behind: a live one holds a lock on its folder, which dies with it."""
    for leftover in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime < _ABANDONED_AFTER_S or not leftover.is_dir():
                continue
            handle = os.open(leftover, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(leftover, ignore_errors=True)
            finally:
                os.close(handle)


def _move(workshop: Path, directory: Path) -> None:
    refuse_occupied(directory)
    _open_to_readers(workshop)
    if directory.is_dir() and (directory.is_symlink() or directory.is_mount() or directory == Path.cwd()):
        _pour(workshop, directory)  # a folder that others stand in, or point to, has to stay the same folder
    else:
        workshop.rename(directory)
    _flush(directory.parent)


def _pour(workshop: Path, directory: Path) -> None:
    moved: list[Path] = []
    try:
        for entry in sorted(workshop.iterdir()):
            target = directory / entry.name
            moved.append(target)
            shutil.move(entry, target)
    except BaseException:
        for target in moved:
            shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
        raise
    workshop.rmdir()


def _open_to_readers(workshop: Path) -> None:
    """Give the folder the mode that mkdir would have given it; mkdtemp keeps it private."""
    mask = os.umask(0)
    os.umask(mask)
    workshop.chmod(0o777 & ~mask)


def _sync(folder: Path) -> None:
    """Make everything below `folder` survive a power cut before its name appears; many at once share a disk's turn."""
    paths = [Path(parent, name) for parent, _, files in os.walk(folder) for name in (*files, ".")]
    with ThreadPoolExecutor(max_workers=16) as pool:
        list(pool.map(_flush, paths))


def _flush(path: Path) -> None:
    if path.is_symlink():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(directory: Path, error: OSError) -> ModelyardError:
    reason = error.strerror or str(error)
    if error.errno in DISK_FULL:
        return OutsideError(
            f"The disk is full: {directory} could not be made, and nothing of it is left.",
            "Free some space, or name a folder on another disk.",
            code="disk_full",
        )
    return RequestError(
        f"Cannot make {directory}: {reason}.",
        "Name a folder in a place that you can write to.",
        code="not_writable",
    )
