"""Immutable tables: Parquet under the sha256 of its bytes, and a manifest that is written last."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import polars as pl
from pydantic import ValidationError

from modelyard.data.reason import reason
from modelyard.data.store import Store
from modelyard.data.types import LogicalType, convert
from modelyard.errors import OutsideError, RequestError
from modelyard.record import Record

_FOLDER = "snapshots"
_ROW_GROUP = 2**17
_HASH_BLOCK = 2**22
_SHORTEST_PREFIX = 4


class Snapshot(Record):
    """The manifest: what the rows are and where they came from. `id` is the sha256 of the Parquet file."""

    id: str
    rows: int
    columns: dict[str, LogicalType]
    source: str
    created: str
    contract_version: str
    bytes: int

    @property
    def data_key(self) -> str:
        """Where the rows lie in the store."""
        return f"{_FOLDER}/{self.id}/data.parquet"

    @property
    def manifest_key(self) -> str:
        """Where the manifest lies in the store."""
        return f"{_FOLDER}/{self.id}/manifest.json"


def take(
    store: Store, frame: pl.LazyFrame, *, source: str, contract_version: str, columns: Mapping[str, str]
) -> Snapshot:
    """Store the rows once; rows that are stored already give their first snapshot.

    Args:
        store: Where to.
        frame: The rows, in an order that is part of their identity.
        source: Shown to people; must hold no credentials.
        contract_version: Of the contract that the rows were read by.
        columns: Name and logical type of the columns to keep, in order.

    Raises:
        RequestError: A column is absent, or the rows cannot be read.
        OutsideError: The store or the temporary folder fails; the store then holds no new manifest.
    """
    rows = _canonical(frame, columns, source)
    try:
        with tempfile.TemporaryDirectory(prefix="modelyard-") as folder:
            path = Path(folder) / "data.parquet"
            _write(rows, path)
            made = Snapshot(
                id=_digest(path),
                rows=rows.height,
                columns=columns,  # ty: ignore[invalid-argument-type] - checked by pydantic
                source=source,
                created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                contract_version=contract_version,
                bytes=path.stat().st_size,
            )
            return _stored(store, made, path)
    except OSError as error:
        raise _no_room(error) from error


def get(store: Store, id_or_prefix: str) -> Snapshot:
    """Return the snapshot with this id, or the only one whose id begins so.

    Raises:
        RequestError: There is none, or more than one.
        OutsideError: Its manifest is damaged.
    """
    wanted = id_or_prefix.strip().lower()
    if len(wanted) == 64 and (exact := _read_manifest(store, wanted)) is not None:
        return exact
    found = [each for each in _ids(store) if each.startswith(wanted)] if len(wanted) >= _SHORTEST_PREFIX else []
    if len(found) > 1:
        names = ", ".join(each[:12] for each in found[:5])
        raise RequestError(f"{id_or_prefix!r} begins {len(found)} snapshots: {names}.", "Give more of the id.")
    snapshot = _read_manifest(store, found[0]) if found else None
    if snapshot is None:
        raise RequestError(
            f"There is no snapshot {id_or_prefix!r} in {store.uri}.",
            f"`modelyard data list` shows them; give at least {_SHORTEST_PREFIX} characters of an id.",
            code="no_snapshot",
        )
    return snapshot


def read(store: Store, snapshot: Snapshot) -> pl.DataFrame:
    """Read the rows, after their bytes were checked against the id.

    Raises:
        OutsideError: They are missing or changed.
    """
    local = store.local(snapshot.data_key)
    if local is not None and not local.is_file():
        raise _damaged(store, snapshot.id, "its rows are missing")
    if local is not None:
        return _verified(store, snapshot, local)
    with tempfile.TemporaryDirectory(prefix="modelyard-") as folder:
        return _verified(store, snapshot, store.fetch(snapshot.data_key, Path(folder) / "data.parquet"))


def listing(store: Store) -> list[Snapshot]:
    """Return all snapshots, the oldest first.

    Raises:
        OutsideError: A manifest is damaged.
    """
    found = [snapshot for each in _ids(store) if (snapshot := _read_manifest(store, each)) is not None]
    return sorted(found, key=lambda snapshot: (snapshot.created, snapshot.id))


def _canonical(frame: pl.LazyFrame, columns: Mapping[str, str], source: str) -> pl.DataFrame:
    """Read the rows in their logical types and in one chunk, on which the bytes depend."""
    try:
        schema = frame.collect_schema()
        absent = [name for name in columns if name not in schema]
        if absent:
            raise RequestError(f"{source} has no column {absent[0]!r}.", "Correct the contract.", code="no_column")
        typed = [convert(name, schema[name], _kind(kind)) for name, kind in columns.items()]
        return frame.select(typed).collect(engine="streaming").rechunk()
    except pl.exceptions.PolarsError as error:
        raise RequestError(
            f"{source} cannot be read: {reason(error)}.", "Check the file.", code="unreadable_data"
        ) from error


def _kind(name: str) -> LogicalType:
    return next(kind for kind in get_args(LogicalType) if kind == name)


def _write(rows: pl.DataFrame, path: Path) -> None:
    """Write with every setting that changes bytes spelled out."""
    try:
        rows.write_parquet(
            path,
            compression="zstd",
            compression_level=3,
            statistics=True,
            row_group_size=_ROW_GROUP,
            mkdir=False,
        )
    except pl.exceptions.PolarsError as error:
        raise OSError(0, reason(error)) from error


def _stored(store: Store, made: Snapshot, path: Path) -> Snapshot:
    """Put the rows, then the manifest: whoever sees a manifest finds whole rows behind it."""
    known = _read_manifest(store, made.id)
    if known is not None and _intact(store, known):
        return known
    store.put_file(made.data_key, path)
    if known is not None:
        return known
    if store.put_new(made.manifest_key, made.model_dump_json(indent=2).encode() + b"\n"):
        return made
    return _read_manifest(store, made.id) or made


def _intact(store: Store, snapshot: Snapshot) -> bool:
    local = store.local(snapshot.data_key)
    if local is None:
        return store.exists(snapshot.data_key)
    return local.is_file() and _digest(local) == snapshot.id


def _read_manifest(store: Store, wanted: str) -> Snapshot | None:
    found = store.get(f"{_FOLDER}/{wanted}/manifest.json")
    if found is None:
        return None
    try:
        snapshot = Snapshot.model_validate_json(found)
    except ValidationError as error:
        raise _damaged(store, wanted, "its manifest cannot be read") from error
    if snapshot.id != wanted:
        raise _damaged(store, wanted, f"its manifest names {snapshot.id[:12]}")
    return snapshot


def _ids(store: Store) -> list[str]:
    parts = [key.split("/") for key in store.list(_FOLDER)]
    return [part[-2] for part in parts if part[-1] == "manifest.json" and len(part) == 3]


def _verified(store: Store, snapshot: Snapshot, path: Path) -> pl.DataFrame:
    try:
        if _digest(path) != snapshot.id:
            raise _damaged(store, snapshot.id, "its rows have changed")
        return pl.read_parquet(path, glob=False, hive_partitioning=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(store, snapshot.id, "its rows cannot be read") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(store: Store, wanted: str, reason: str) -> OutsideError:
    return OutsideError(
        f"Snapshot {wanted[:12]} in {store.uri} is damaged: {reason}.",
        "Take it again from the same table, or restore the store.",
        code="damaged_snapshot",
    )


def _no_room(error: OSError) -> OutsideError:
    return OutsideError(
        f"The snapshot could not be written: {error.strerror or error}.",
        "Make room, or point TMPDIR at a folder that has some; nothing was left behind.",
        code="no_room",
    )
