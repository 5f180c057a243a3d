"""Counts what was captured and what was lost: numbers of a process that are in no file."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import polars as pl

from modelyard.capture import boots, tally
from modelyard.capture.boots import Boot
from modelyard.capture.read import read
from modelyard.data.store import Store
from modelyard.record import Record

_SILENT = timedelta(minutes=10)


class Loss(Record):
    """The rows of one process.

    Attributes:
        boot: Its name.
        state: `running`; `stopped`; `killed`; `silent` when it has said nothing for ten minutes.
        captured: Rows in files.
        lost: Rows that are in none, and never will be.
        waiting: Rows that a running process still holds.
        first: When the first row in a file was received.
        last: When the last one was.
    """

    boot: str
    state: Literal["running", "stopped", "killed", "silent"]
    captured: int
    lost: int
    waiting: int = 0
    first: datetime | None = None
    last: datetime | None = None


def loss(store: Store, *, since: datetime | None = None) -> list[Loss]:
    """Return the rows of every process, by its name.

    A process that was killed is known by its numbers on this machine, else by its last record in the store (every
    30 seconds while it writes): what it took after that is unknown.

    Args:
        store: Of the environment.
        since: Count rows received from then on; earlier files may have been deleted.

    Raises:
        OutsideError: The store cannot be read.
    """
    files = _files(store, since)
    known = boots.load(store)
    here = {count.boot: count for count in tally.counts(tally.place(store.uri))}
    names = sorted({*files, *here, *(name for name, boot in known.items() if _spoke(boot, since))})
    return [_loss(name, files.get(name), known.get(name), here.get(name), since) for name in names]


def _spoke(boot: Boot, since: datetime | None) -> bool:
    return since is None or datetime.fromisoformat(boot.seen) >= (since if since.tzinfo else since.replace(tzinfo=UTC))


class _Seen:
    """What the files hold of a process."""

    def __init__(self) -> None:
        self.rows = 0
        self.lowest = self.highest = -1
        self.first: datetime | None = None
        self.last: datetime | None = None

    def take(self, rows: int, lowest: int, highest: int, first: datetime, last: datetime) -> None:
        """Add the rows of one file."""
        self.lowest = lowest if self.rows == 0 else min(self.lowest, lowest)
        self.highest = max(self.highest, highest)
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)
        self.rows += rows


def _files(store: Store, since: datetime | None) -> dict[str, _Seen]:
    found: dict[str, _Seen] = {}
    for frame in read(store, since=since, clock="received", columns=["boot", "sequence", "received_time"]):
        number, time = pl.col("sequence"), pl.col("received_time")
        grouped = frame.group_by("boot").agg(
            pl.len(), number.min(), number.max().alias("highest"), time.min().alias("first"), time.max().alias("last")
        )
        for boot, *facts in grouped.iter_rows():
            found.setdefault(boot, _Seen()).take(*facts)
    return found


def _loss(
    name: str, seen: _Seen | None, record: Boot | None, count: tally.Count | None, since: datetime | None
) -> Loss:
    seen = seen or _Seen()
    state = _state(record, count)
    taken = max(seen.highest + 1, record.added if record else 0, count.added if count else 0)
    before = max(seen.lowest, 0) if since is not None else 0
    missing = max(taken - before - seen.rows, 0)
    lost = min(record.dropped if record else 0, missing) if state == "running" else missing
    return Loss(
        boot=name,
        state=state,
        captured=seen.rows,
        lost=lost,
        waiting=missing - lost,
        first=seen.first,
        last=seen.last,
    )


def _state(record: Boot | None, count: tally.Count | None) -> Literal["running", "stopped", "killed", "silent"]:
    if record is not None and record.state != "running":
        return record.state
    if count is not None:
        return "running" if count.alive else "killed"
    if record is None:
        return "silent"
    heard = datetime.fromisoformat(record.seen)
    return "running" if datetime.now(UTC) - heard < _SILENT else "silent"
