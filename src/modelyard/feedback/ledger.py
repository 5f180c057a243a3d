"""The labels of a store: files that are only ever added, of which the latest word counts."""

import hashlib
import io
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from modelyard.data.store import Store
from modelyard.errors import OutsideError

FOLDER = "labels"
SCHEMA: dict[str, pl.DataType] = {
    "request_id": pl.String(),
    "row": pl.Int32(),
    "label": pl.String(),
    "label_time": pl.Datetime("us"),
    "known": pl.Datetime("us"),
    "captured_time": pl.Datetime("us"),  # of the prediction; null where it is not captured yet
}
_STAMP = "%Y%m%dT%H%M%S%f"
_GROUP = 50_000  # rows: what a search for one day reads at least


def append(store: Store, labels: pl.DataFrame, added: datetime) -> bool:
    """Add a file; False where the same labels were added before.

    Args:
        store: Where to.
        labels: Columns of `SCHEMA`; of two rows for one prediction the later one counts.
        added: Naive UTC; what is known since then, where `known` does not say.
    """
    rows = labels.select([pl.col(name).cast(kind) for name, kind in SCHEMA.items()])
    rows = rows.sort("captured_time", nulls_last=True, maintain_order=True)
    digest = hashlib.sha256(rows.write_csv().encode()).hexdigest()[:32]
    if any(key.endswith(f"-{digest}.parquet") for key in store.list(FOLDER)):
        return False
    file = io.BytesIO()
    rows.write_parquet(file, row_group_size=_GROUP)
    return store.put_new(f"{FOLDER}/{added.strftime(_STAMP)}-{digest}.parquet", file.getvalue())


class Ledger:
    """The labels as they were known at one moment; a context manager, since a bucket's files are copied here."""

    def __init__(self, store: Store, as_of: datetime | None = None) -> None:
        self._store = store
        self._as_of = as_of
        self._copies: tempfile.TemporaryDirectory[str] | None = None
        self._files: list[tuple[datetime, Path]] = []

    def __enter__(self) -> "Ledger":
        """Find the files."""
        for key in self._store.list(FOLDER):
            added = _added(key)
            if added is not None:
                self._files.append((added, self._path(key)))
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the copies."""
        if self._copies is not None:
            self._copies.cleanup()

    def __bool__(self) -> bool:
        """Whether there are labels at all."""
        return bool(self._files)

    def between(self, first: datetime | None, last: datetime | None) -> pl.DataFrame:
        """Return the latest label of each prediction whose event lies between two moments, or is not known.

        Columns `request_id`, `row`, `label`, `known`.
        """
        scans = [self._scan(added, path, first, last) for added, path in self._files]
        if not scans:
            return empty()
        # Files are in the order in which they were added, so that a stable sort lets the later word stand.
        try:
            rows = pl.concat(scans).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise OutsideError(
                f"A file of {self._store.uri}/{FOLDER} cannot be read: {type(error).__name__}.",
                "Restore it from a backup of the store.",
                code="bad_labels_file",
            ) from error
        return rows.sort("known", maintain_order=True).unique(["request_id", "row"], keep="last", maintain_order=True)

    def _scan(self, added: datetime, path: Path, first: datetime | None, last: datetime | None) -> pl.LazyFrame:
        rows = pl.scan_parquet(path).with_columns(pl.col("known").fill_null(pl.lit(added)))
        if self._as_of is not None:
            rows = rows.filter(pl.col("known") <= self._as_of)
        if first is not None and last is not None:
            rows = rows.filter(pl.col("captured_time").is_between(first, last) | pl.col("captured_time").is_null())
        return rows.select("request_id", pl.col("row").fill_null(0), "label", "known")

    def _path(self, key: str) -> Path:
        path = self._store.local(key)
        if path is not None:
            return path
        if self._copies is None:
            self._copies = tempfile.TemporaryDirectory(prefix="modelyard-labels-")
        return self._store.fetch(key, Path(self._copies.name) / key.rpartition("/")[2])


def empty() -> pl.DataFrame:
    """Return the labels of a store without any."""
    return pl.DataFrame(schema={"request_id": pl.String, "row": pl.Int32, "label": pl.String, "known": SCHEMA["known"]})


def _added(key: str) -> datetime | None:
    stem, dash, _ = key.rpartition("/")[2].partition("-")
    if not dash or not key.endswith(".parquet"):
        return None
    try:
        return datetime.strptime(stem, _STAMP)
    except ValueError:
        return None


def known_values(labels: pl.DataFrame) -> Sequence[str]:
    """Return the distinct outcomes."""
    return labels.get_column("label").drop_nulls().unique().sort().to_list()
