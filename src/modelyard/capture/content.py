"""Opens captured files: their rows, and which other files each stands for."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO

import polars as pl

from modelyard.data.store import Store
from modelyard.errors import OutsideError

PARTS = "modelyard.parts"
"""Key of the Parquet metadata that names the files of which a merged one was made, in order, with their rows."""
_UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError)


@dataclass(frozen=True)
class Content:
    """A file that was opened.

    Attributes:
        key: Its own.
        data: Its bytes.
        merged: Of a merged file: the key and the number of rows of each file that it stands for, in order.
        name: What errors call it.
    """

    key: str
    data: bytes
    merged: tuple[tuple[str, int], ...] | None
    name: str

    @cached_property
    def rows(self) -> int:
        """Return how many rows it has; for a file that is not merged that takes as long as reading it.

        Raises:
            OutsideError: It is damaged.
        """
        if self.merged is not None:
            return sum(rows for _, rows in self.merged)
        try:
            return pl.scan_parquet(io.BytesIO(self.data)).select(pl.len()).collect().item()
        except _UNREADABLE as error:
            raise _damaged(self.name, error) from error

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """Return the key and the number of rows of each file that it stands for, in the order of its rows."""
        return ((self.key, self.rows),) if self.merged is None else self.merged

    @property
    def stands_for(self) -> tuple[str, ...]:
        """Return the keys of `parts`."""
        return (self.key,) if self.merged is None else tuple(key for key, _ in self.merged)

    def frame(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return its rows.

        Raises:
            OutsideError: It is damaged, or another kind of table.
        """
        try:
            return _frame([self], columns)
        except _UNREADABLE as error:
            raise _damaged(self.name, error) from error

    def schema(self) -> str:
        """Return what tells files with other columns or types apart.

        Raises:
            OutsideError: It is damaged, or another kind of table.
        """
        try:
            return str(pl.read_parquet_schema(io.BytesIO(self.data)))
        except _UNREADABLE as error:
            raise _damaged(self.name, error) from error


def together(contents: Sequence[Content], columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the rows of files of one schema, in their order: for small files a sixth of the time of one by one.

    Raises:
        OutsideError: One is damaged.
    """
    try:
        return _frame(contents, columns)
    except _UNREADABLE:  # which one, the error does not say
        return pl.concat([content.frame(columns) for content in contents])


def _frame(contents: Sequence[Content], columns: Sequence[str] | None) -> pl.DataFrame:
    files: list[IO[bytes]] = [io.BytesIO(content.data) for content in contents]
    return pl.read_parquet(files, columns=None if columns is None else list(columns))


def read(store: Store, key: str) -> Content | None:
    """Open a file; None where it is gone, because it was merged meanwhile.

    Raises:
        OutsideError: It cannot be read.
    """
    data = _bytes(store, key)
    if data is None:
        return None
    name = f"{key} in the store {store.uri}"
    try:
        metadata = pl.read_parquet_metadata(io.BytesIO(data))
        parts = json.loads(metadata[PARTS]) if PARTS in metadata else None
    except _UNREADABLE as error:
        raise _damaged(name, error) from error
    merged = None if parts is None else tuple((str(part), int(rows)) for part, rows in parts)
    return Content(key, data, merged, name)


def _damaged(name: str, error: BaseException) -> OutsideError:
    return OutsideError(
        f"{name} is not a captured file: {type(error).__name__}.",
        "Restore it from a backup, or delete it.",
        code="bad_capture",
    )


def _bytes(store: Store, key: str) -> bytes | None:
    path = store.local(key)
    if path is None:
        return store.get(key)
    try:
        return path.read_bytes()  # without the hash that the store would make of them
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutsideError(
            f"{path} cannot be read: {error.strerror}.", "Check the disk.", code="disk_failed"
        ) from error
