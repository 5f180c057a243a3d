"""The rows to score: opened once, and told from other rows by what their files are."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl

from modelyard.data.load import Table, open_table
from modelyard.data.load.places import find
from modelyard.data.load.remote import is_remote
from modelyard.errors import OutcomeError, OutsideError

Identity = list[list[str | int]]
"""What tells an input from another: per file its size and its time of change, or the digest of what was fetched."""


def open_input(source: str, base: Path | None) -> tuple[Table, Callable[[], Identity]]:
    """Open the input, and return how to identify it: now, and again when it has been read.

    Raises:
        RequestError: It is not there, or is no table.
        OutsideError: The network failed.
    """
    table = open_table(source, base, empty=True)
    by_content = is_remote(source)
    return table, lambda: [_content(file) if by_content else _stamp(file) for file in table.files] or [[source]]


def local_files(source: str, base: Path | None) -> tuple[Path, ...]:
    """Return the files that a path or a pattern names now, before any is read.

    Raises:
        RequestError: There is none.
    """
    is_named = source.startswith(("demo:", "sklearn:"))
    return () if is_named or is_remote(source) else tuple(find(source, base))


def check_unchanged(table: Table, before: Identity, after: Identity) -> None:
    """Refuse what was read while somebody wrote it.

    Raises:
        OutcomeError: A file of the input changed.
    """
    if before != after:
        raise OutcomeError(
            f"{table.source} changed while it was read.",
            "Nothing was written: run it again when the input is complete.",
            code="input_changed",
        )


def total(table: Table) -> int | None:
    """Return how many rows there are where the files say so without being read."""
    if table.text or table.format == "jsonl":
        return None
    try:
        return table.frame.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError):
        return None  # reading the rows says what is wrong


def _stamp(file: Path) -> list[str | int]:
    try:
        found = file.stat()
    except OSError as error:
        raise OutsideError(f"{file} is gone: {error.strerror}.", "Put it back.", code="unreadable_data") from error
    return [str(file.resolve()), found.st_size, found.st_mtime_ns, found.st_ino]


def _content(file: Path) -> list[str | int]:
    with file.open("rb") as opened:
        return [hashlib.file_digest(opened, "sha256").hexdigest()]
