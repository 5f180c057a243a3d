"""The labels of a store: files that are only ever added, of which the latest word counts."""

import hashlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
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
_EARLY = datetime(1, 1, 1)
_GROUP = 50_000  # rows: what a search for one day reads at least


def append(store: Store, labels: pl.DataFrame, added: datetime) -> bool:
    """Add a file; False where the same labels were added before and still stand.

    Args:
        store: Where to.
        labels: Columns of `SCHEMA`; of two rows for one prediction the later one counts.
        added: Naive UTC; what is known since then, where `known` does not say.
    """
    rows = labels.select([pl.col(name).cast(kind) for name, kind in SCHEMA.items()])
    rows = rows.sort("captured_time", nulls_last=True, maintain_order=True)
    digest = hashlib.sha256(rows.write_csv().encode()).hexdigest()[:32]
    if any(key.endswith(f"-{digest}.parquet") for key in store.list(FOLDER)) and _stand(store, rows):
        return False
    file = io.BytesIO()
    rows.write_parquet(file, row_group_size=_GROUP)
    return store.put_new(f"{FOLDER}/{added.strftime(_STAMP)}-{digest}.parquet", file.getvalue())


def _stand(store: Store, rows: pl.DataFrame) -> bool:
    """Say whether labels that were added before are still the latest word: a correction may be taken back."""
    if not rows["known"].null_count():  # their time is in the file, and adding them again would not change it
        return True
    first, last = rows["captured_time"].min(), rows["captured_time"].max()
    span = (first, last) if isinstance(first, datetime) and isinstance(last, datetime) else (_EARLY, _EARLY)
    latest = rows.unique(["request_id", "row"], keep="last", maintain_order=True)
    with Ledger(store) as ledger:
        now = ledger.between(*span).select("request_id", pl.col("row"), stands="label")
    same = latest.with_columns(pl.col("row").fill_null(0)).join(now, on=["request_id", "row"])
    return same.filter(pl.col("label").eq_missing(pl.col("stands"))).height == latest.height


@dataclass(frozen=True)
class _File:
    """A file of labels, and the predictions that its labels belong to."""

    added: datetime
    path: Path
    first: datetime | None
    last: datetime | None
    unplaced: bool  # some had no prediction yet

    def spans(self, first: datetime | None, last: datetime | None) -> bool:
        """Say whether it may hold labels of predictions between two moments, or of unknown ones."""
        if first is None or last is None or self.unplaced:
            return True
        return self.first is not None and self.last is not None and self.first <= last and self.last >= first


class Ledger:
    """The labels as they were known at one moment; a context manager, since a bucket's files are copied here."""

    def __init__(self, store: Store, as_of: datetime | None = None) -> None:
        self._store = store
        self._as_of = as_of
        self._copies: tempfile.TemporaryDirectory[str] | None = None
        self._files: list[_File] = []

    def __enter__(self) -> "Ledger":
        """Find the files."""
        for key in self._store.list(FOLDER):
            added = _added(key)
            if added is not None:
                self._files.append(self._opened(added, self._path(key)))
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
        scans = [self._scan(file.added, file.path, first, last) for file in self._files if file.spans(first, last)]
        if not scans:
            return empty()
        # Files are in the order in which they were added, so that a stable sort lets the later word stand.
        rows = self._collected(pl.concat(scans))
        return rows.sort("known", maintain_order=True).unique(["request_id", "row"], keep="last", maintain_order=True)

    def _scan(self, added: datetime, path: Path, first: datetime | None, last: datetime | None) -> pl.LazyFrame:
        rows = pl.scan_parquet(path).with_columns(pl.col("known").fill_null(pl.lit(added)))
        if self._as_of is not None:
            rows = rows.filter(pl.col("known") <= self._as_of)
        if first is not None and last is not None:
            rows = rows.filter(pl.col("captured_time").is_between(first, last) | pl.col("captured_time").is_null())
        return rows.select("request_id", pl.col("row").fill_null(0), "label", "known")

    def _opened(self, added: datetime, path: Path) -> _File:
        """Look once at what a file is about: a year of them must not be opened for every day that is asked for."""
        when = pl.col("captured_time")
        asked = pl.scan_parquet(path).select(when.min().alias("a"), when.max().alias("b"), when.null_count().alias("n"))
        first, last, unplaced = self._collected(asked, path.name).row(0)
        return _File(added, path, first, last, unplaced > 0)

    def _collected(self, rows: pl.LazyFrame, name: str = "A file") -> pl.DataFrame:
        try:
            return rows.collect()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise OutsideError(
                f"{name} of {self._store.uri}/{FOLDER} cannot be read: {type(error).__name__}.",
                "Restore it from a backup of the store.",
                code="bad_labels_file",
            ) from error

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
