"""Opens one captured file: its rows, and which other files it stands for."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from modelyard.data.store import Store
from modelyard.errors import OutsideError

PARTS = "modelyard.parts"
"""Key of the Parquet metadata that names the files of which a merged one was made, in order, with their rows."""


@dataclass(frozen=True)
class Content:
    """A file that was opened.

    Attributes:
        data: Its bytes.
        parts: The key and the number of rows of each file that it stands for, in the order of its rows.
        name: What errors call it.
    """

    data: bytes
    parts: tuple[tuple[str, int], ...]
    name: str

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return sum(rows for _, rows in self.parts)

    def frame(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return its rows.

        Raises:
            OutsideError: It is damaged, or another kind of table.
        """
        try:
            return pl.read_parquet(io.BytesIO(self.data), columns=None if columns is None else list(columns))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
            raise _damaged(self.name, error) from error


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
        parts = json.loads(metadata[PARTS]) if PARTS in metadata else [[key, _height(data)]]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        raise _damaged(name, error) from error
    return Content(data, tuple((str(part), int(rows)) for part, rows in parts), name)


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


def _height(data: bytes) -> int:
    return pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
