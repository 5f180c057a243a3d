"""The stage `data`: check the table, store it, decide which row lies on which side."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from modelyard.config import ProjectConfig
from modelyard.data import contract as contracts
from modelyard.data import snapshot as snapshots
from modelyard.data import split as splits
from modelyard.data.contract import CheckResult
from modelyard.data.load import Table
from modelyard.data.snapshot import Snapshot
from modelyard.data.split import Split
from modelyard.data.types import plainly
from modelyard.errors import OutcomeError
from modelyard.loop.check import applicable, open_source
from modelyard.loop.context import Context
from modelyard.loop.cutoff import planned
from modelyard.loop.results import DataRecord, Part
from modelyard.loop.table import take
from modelyard.loop.workspace import Workspace, write_atomically


@dataclass(frozen=True)
class Rows:
    """The labelled rows of a snapshot, and the side of each."""

    frame: pl.DataFrame
    parts: pl.Series  # train, validation or test, aligned with `frame`

    def side(self, *names: str) -> pl.DataFrame:
        """Return the rows of the given sides."""
        return self.frame.filter(self.parts.is_in(names))


def prepare(
    context: Context, source: str | None, previous: Split | None, *, force: bool
) -> tuple[DataRecord | CheckResult, bool]:
    """Return the record and whether it was cached; the check's result alone where the contract is broken."""
    fingerprint = _fingerprint(context, source)
    cache = Workspace(context.local / "runs" / "data")
    if fingerprint is not None and not force:
        known = cache.load(fingerprint, DataRecord)
        if known is not None and previous in (known.follows, known.split) and _still_stored(context, known.snapshot):
            return known, True
    table = open_source(context.project, source)
    checked = contracts.check(applicable(context.project, context.contract(), table), table)
    if not checked.passed:
        return checked, False
    record = _store(context, table, previous, checked)
    if fingerprint is not None:
        cache.save(fingerprint, record)
    return record, False


def load(context: Context, record: DataRecord) -> Rows:
    """Read the labelled rows of the record's snapshot."""
    config = context.project.config
    frame = labelled(snapshots.read(context.store, record.snapshot), config.data.target)
    return learnable(Rows(frame=frame, parts=splits.parts(record.split, frame)), config)


def learnable(rows: Rows, config: ProjectConfig) -> Rows:
    """Leave out the rows of classes that no training row has: no model could predict them yet."""
    if config.task != "multiclass":
        return rows
    target = plainly(rows.frame[config.data.target])
    known = target.is_in(target.filter(rows.parts == "train").unique().implode())
    return rows if known.all() else Rows(frame=rows.frame.filter(known), parts=rows.parts.filter(known))


def labelled(frame: pl.DataFrame, target: str) -> pl.DataFrame:
    """Leave out the rows that say nothing about the target.

    Raises:
        OutcomeError: None is left.
    """
    values = plainly(frame[target])
    known = values.is_not_null()
    if values.dtype.is_float():
        known &= values.is_finite().fill_null(value=False)
    kept = frame.filter(known)
    if kept.is_empty():
        raise OutcomeError(
            f"No row has a value of the target {target!r}.",
            "Label rows, or choose another target.",
            code="no_labels",
        )
    return kept


def _store(context: Context, table: Table, previous: Split | None, checked: CheckResult) -> DataRecord:
    config = context.project.config
    snapshot = take(context, context.contract(), table)
    everything = snapshots.read(context.store, snapshot)
    frame = labelled(everything, config.data.target)
    split = planned(context, frame, previous)
    rows = learnable(Rows(frame=frame, parts=splits.parts(split, frame)), config)
    record = DataRecord(
        snapshot=snapshot,
        contract=checked,
        split=split,
        follows=previous,
        parts={name: _part(rows.side(name), config.data.time) for name in ("train", "validation", "test")},
        unlabelled=everything.height - frame.height,
        unlearnable=frame.height - rows.frame.height,
    )
    _write_manifest(context, record)
    return record


def _part(frame: pl.DataFrame, time: str | None) -> Part:
    if time is None or frame.is_empty():
        return Part(rows=frame.height)
    moments = frame[time]
    if not (moments.dtype.is_temporal() or moments.dtype.is_integer()):
        return Part(rows=frame.height)
    return Part(rows=frame.height, begins=_iso(moments.min()), ends=_iso(moments.max()))


def _iso(moment: object) -> str | None:
    return None if moment is None else moment.isoformat() if isinstance(moment, date) else str(moment)


def _write_manifest(context: Context, record: DataRecord) -> None:
    if context.manifest is None:
        return
    context.manifest.parent.mkdir(exist_ok=True)
    write_atomically(context.manifest, record.snapshot.model_dump_json(indent=2).encode() + b"\n")


def _still_stored(context: Context, snapshot: Snapshot) -> bool:
    return all(context.store.exists(key) for key in (snapshot.manifest_key, snapshot.data_key))


def _fingerprint(context: Context, source: str | None) -> str | None:
    """Return what the record depends on, for a table that is one local file; None where that is unknown."""
    config = context.project.config
    path = Path(source) if source is not None else context.project.root / config.data.source
    if not path.is_file():
        return None
    digest = hashlib.sha256()
    with path.open("rb") as file:
        digest.update(hashlib.file_digest(file, "sha256").digest())
    digest.update((context.project.root / config.data.contract).read_bytes())
    digest.update(config.model_dump_json(include={"data", "split"}).encode())
    return digest.hexdigest()[:32]
