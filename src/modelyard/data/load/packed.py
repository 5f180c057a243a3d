"""Unpacks a file that was packed with gzip, whatever kind of table is in it."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from modelyard.data.load.spool import write
from modelyard.errors import RequestError

_BLOCK = 4 * 2**20
_GZIP = b"\x1f\x8b"


def unpacked(path: Path, source: str) -> Path:
    """Return a file with the content of `path`: `path` itself where it is not packed.

    Raises:
        RequestError: It is damaged, or empty inside.
    """
    with path.open("rb") as file:
        if file.read(len(_GZIP)) != _GZIP:
            return path
    inside = write(_blocks(path, source), Path(path.stem).suffix)
    if not inside.stat().st_size:
        raise RequestError(f"{source} is empty.", "Give a table with a header and rows.", code="empty_file")
    return inside


def _blocks(path: Path, source: str) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RequestError(
            f"{source} cannot be unpacked: {error}.",
            "Check that the file is whole.",
            code="unreadable_data",
        ) from error
