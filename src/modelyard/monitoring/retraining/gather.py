"""Gathers the rows of a retraining: the training source and the labelled captures, each row once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from modelyard.bundle.served import FILE_NAME as MODEL
from modelyard.bundle.served import Served
from modelyard.data import contract as contracts
from modelyard.data import snapshot as snapshots
from modelyard.data.contract import Contract
from modelyard.data.load import Table
from modelyard.data.snapshot import Snapshot
from modelyard.errors import RequestError
from modelyard.feedback import joined
from modelyard.loop.check import applicable, open_source, stays_home
from modelyard.loop.context import Context
from modelyard.loop.models import local_bundle
from modelyard.loop.references import Seen, seen_by
from modelyard.monitoring.retraining.labelled import CLOCK, Wanted, distinct, keys, labelled, unknown_to
from modelyard.monitoring.retraining.record import Rows, Selection
from modelyard.monitoring.retraining.selection import Selected
from modelyard.reference.profile import Profile
from modelyard.routing.document import Ref


@dataclass(frozen=True)
class Gathered:
    """Rows that are ready to be stored.

    Attributes:
        frame: The source's rows, then the captured ones by event time; the snapshot's columns and types.
        contract: What it was read by.
        table: The training source.
        rows: How many there are of which.
        begin: Event time after which rows are new.
        end: Of the newest row with a label; None without a new one.
        selection: Columns in which labelled rows differ from served ones.
        personal: Inputs of the model that captures never hold.
    """

    frame: pl.LazyFrame
    contract: Contract
    table: Table
    rows: Rows
    begin: datetime
    end: datetime | None
    selection: list[Selection]
    personal: tuple[str, ...]


def gather(context: Context, champion: Ref, as_of: datetime) -> Gathered:
    """Read the source and all labelled captures; memory holds the labelled rows and one captured file.

    Captures of any time are taken: those that an earlier retraining learned from are not in the source either.

    Args:
        context: The project at work.
        champion: What it has seen is not new.
        as_of: Labels that came later do not count; naive UTC.

    Raises:
        RequestError: The source cannot be read.
        OutsideError: The store failed.
    """
    project, data = context.project, context.project.config.data
    contract, table = context.contract(), open_source(project, None)
    asked = applicable(project, contract, table)
    home = stays_home(project, contract)
    columns = tuple(column for column in asked.columns if column.name not in home)
    source = contracts.read(asked, table).select(pl.nth(asked.columns.index(column)) for column in columns)
    folder = local_bundle(context, champion)
    begin = _begin(context, seen_by(folder))
    personal = _personal(contract, Served.model_validate_json((folder / MODEL).read_bytes()))
    required = {column.name for column in columns if column.required and column.name != data.target}
    wanted = Wanted(columns, data, frozenset(required | set(personal)))
    profile = folder / "profile.json"
    selected = Selected(Profile.model_validate_json(profile.read_bytes()) if profile.is_file() else None)
    parts, rows = _captured(context, wanted, selected, begin, as_of)
    names = [column.name for column in columns]
    key = keys(names, data)
    found = pl.concat(parts) if parts else None
    kept = None if found is None else unknown_to(source, distinct(found, key, data), key, data)
    times = _times(source, names, data.time, data.target, begin)
    if kept is not None and kept.height:
        times = pl.concat([times, kept[CLOCK].filter(kept[CLOCK] > begin)])
    added = 0 if kept is None else kept.height
    end = times.max()
    update = {
        "source": source.select(pl.len()).collect(engine="streaming").item(),
        "new": times.len(),
        "added": added,
        "duplicates": (0 if found is None else found.height) - added,
    }
    own = [] if kept is None else [kept.select(pl.nth(i) for i in range(len(names))).lazy()]
    return Gathered(
        frame=pl.concat([source, *own]),
        contract=contract,
        table=table,
        rows=rows.model_copy(update=update),
        begin=begin,
        end=end if isinstance(end, datetime) else None,
        selection=selected.found(project.config.monitoring.distance),
        personal=personal,
    )


def store(context: Context, gathered: Gathered) -> Snapshot:
    """Write the rows as a snapshot, which is the same one that a run makes of them.

    Raises:
        OutsideError: The store failed, or the disk is full.
    """
    schema = gathered.frame.collect_schema()
    kinds = {c.name: c.type for c in gathered.contract.columns if c.name in schema}
    rows = gathered.rows
    end = "" if gathered.end is None else f" to {gathered.end.isoformat()}"
    return snapshots.take(
        context.store,
        gathered.frame,
        source=f"{gathered.table.source} + {rows.added} labelled captures{end}",
        contract_version=gathered.contract.version,
        columns=kinds,
    )


def place(context: Context, snapshot: str) -> str:
    """Return where `RunRequest.source` finds the rows of a snapshot.

    Raises:
        RequestError: It is gone.
    """
    found = snapshots.get(context.store, snapshot)
    local = context.store.local(found.data_key)
    return f"{context.store.uri}/{found.data_key}" if local is None else str(local)


def _captured(
    context: Context, wanted: Wanted, selected: Selected, begin: datetime, as_of: datetime
) -> tuple[list[pl.DataFrame], Rows]:
    horizon = timedelta(days=context.project.config.monitoring.label_horizon_days)
    parts, served, told, incomplete, done = [], 0, 0, 0, 0
    for frame in joined(context.store, horizon=horizon, as_of=as_of):
        clock = frame.select(pl.coalesce("event_time", "received_time")).to_series()
        recent = frame.filter((clock > begin) & frame["matured"])
        selected.add(recent)
        served += recent.height
        told += recent.height - recent["truth"].null_count()
        if frame["truth"].null_count() < frame.height:
            part, lacking = labelled(frame, wanted)
            incomplete += lacking
            parts.append(part)
        done += frame.height
        context.progress("reading captures", done, None)
    return parts, Rows(served=served, labelled=told, incomplete=incomplete)


def _times(source: pl.LazyFrame, names: list[str], time: str | None, target: str, begin: datetime) -> pl.Series:
    """Return the times of the source's labelled rows since `begin`; none without a time column."""
    if time not in names:
        return pl.Series(CLOCK, [], dtype=pl.Datetime("us"))
    when = pl.nth(names.index(time)).cast(pl.Datetime("us"), strict=False)
    chosen = source.filter((when > begin) & pl.nth(names.index(target)).is_not_null())
    return chosen.select(when.alias(CLOCK)).collect(engine="streaming").to_series()


def _begin(context: Context, seen: Seen) -> datetime:
    """Return the last moment that the champion has seen; without a time column, when its rows were stored."""
    if isinstance(seen.end, datetime):
        return seen.end
    try:
        created = datetime.fromisoformat(snapshots.get(context.store, seen.snapshot).created)
    except (RequestError, ValueError):
        return datetime.min
    return as_naive(created)


def _personal(contract: Contract, served: Served) -> tuple[str, ...]:
    """Return what the model reads and captures leave out, or hold as a hash only."""
    return tuple(column.name for column in contract.columns if column.personal and column.name in served.inputs)


def as_naive(moment: datetime | date | None) -> datetime:
    """Return naive UTC, as captures have it; now for None."""
    if moment is None:
        return datetime.now(UTC).replace(tzinfo=None)
    found = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)
