"""A folder for downloaded and rewritten tables, which goes when the process ends."""

import functools
import itertools
import tempfile
from collections.abc import Iterable
from pathlib import Path

from modelyard.errors import OutsideError

_numbers = itertools.count()


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="modelyard-", ignore_cleanup_errors=True)


def new_file(suffix: str = "") -> Path:
    """Return the path of a new file in the folder.

    Raises:
        OutsideError: There is no temporary folder.
    """
    try:
        return Path(_folder().name) / f"{next(_numbers)}{suffix}"
    except OSError as error:
        raise no_room(error) from error


def write(blocks: Iterable[bytes], suffix: str = "") -> Path:
    """Write `blocks` to a new file; nothing is left when that, or getting the blocks, fails.

    Raises:
        OutsideError: The disk is full, or the temporary folder is gone.
    """
    path = new_file(suffix)
    try:
        _fill(path, blocks)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _fill(path: Path, blocks: Iterable[bytes]) -> None:
    try:
        file = path.open("wb")
    except OSError as error:
        raise no_room(error) from error
    source = iter(blocks)
    with file:
        while (block := next(source, None)) is not None:  # what the source raises is its own
            try:
                file.write(block)
            except OSError as error:
                raise no_room(error) from error


def no_room(error: OSError) -> OutsideError:
    """Build the error for a temporary folder that takes no more."""
    return OutsideError(
        f"A temporary file could not be written: {error.strerror or error}.",
        "Make room in the temporary folder, or point TMPDIR at another one.",
        code="no_room",
    )
