"""Reads captured rows back, file by file, each row once, while servers write and files are merged."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import polars as pl

from modelyard.capture import content, keys
from modelyard.capture.content import Content
from modelyard.capture.days import moment
from modelyard.data.store import Store

Clock = Literal["event", "received"]

_MOST_BYTES = 4 * 2**20  # read at once: about as many rows as a process writes into one file


@dataclass(frozen=True)
class _Window:
    """Which rows are wanted; times are UTC without a zone, as in the files."""

    since: datetime | None
    until: datetime | None
    versions: frozenset[str] | None
    clock: Clock

    def has(self, key: keys.Key) -> bool:
        """Say whether a file may hold some of them."""
        if self.versions is not None and key.short not in {sha256[:8] for sha256 in self.versions}:
            return False
        if self.clock == "received":
            return self.since is None or key.closed >= self.since.replace(tzinfo=UTC).timestamp()
        return key.day is None or self._spans(key.day)

    def _spans(self, day: date) -> bool:
        begins = self.since is None or day >= self.since.date()
        return begins and (self.until is None or day <= self.until.date())

    def rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return those of a file."""
        time = moment(self.clock)
        wanted = [
            *([time >= self.since] if self.since else []),
            *([time < self.until] if self.until else []),
            *([pl.col("sha256").is_in(list(self.versions))] if self.versions is not None else []),
        ]
        return frame.filter(wanted) if wanted else frame


def read(  # noqa: PLR0913
    store: Store,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    versions: Collection[str] | None = None,
    columns: Sequence[str] | None = None,
    clock: Clock = "event",
) -> Iterator[pl.DataFrame]:
    """Yield captured rows by date, small files together; memory holds one frame at a time.

    Args:
        store: Of the environment.
        since: The first moment; with a zone, or UTC.
        until: The first moment after the last.
        versions: Their sha256; all where None.
        columns: Those to return (see `rows.SCHEMA`, and `inputs`); all where None.
        clock: What `since` and `until` mean: the event's time (else the received one), or the received time.

    Raises:
        OutsideError: The store, or a file in it, cannot be read.
    """
    window = _Window(_naive(since), _naive(until), None if versions is None else frozenset(versions), clock)
    needed = None if columns is None else list(dict.fromkeys([*columns, "event_time", "received_time", "sha256"]))
    for group in _groups(files(store, window.has)):
        rows = window.rows(_frame(group, needed))
        if rows.height:
            yield rows if columns is None else rows.select(list(columns))


@dataclass(frozen=True)
class Found:
    """A file, and those of its parts that no file before it stood for."""

    key: keys.Key
    content: Content
    fresh: frozenset[str]

    @property
    def parts(self) -> list[tuple[str, int]]:
        """Return the fresh parts: key and rows of each, in the order of the rows."""
        return [part for part in self.content.parts if part[0] in self.fresh]

    @property
    def kind(self) -> tuple[str, str]:
        """Return what files have in common that can be read, or merged, together: version and schema.

        Raises:
            OutsideError: It is damaged.
        """
        return self.key.short, self.content.schema()

    @property
    def whole(self) -> bool:
        """Say whether no file before it stood for any of its rows."""
        return len(self.fresh) == len(self.content.stands_for)

    def frame(self, columns: list[str] | None = None) -> pl.DataFrame:
        """Return the rows of the fresh parts."""
        rows = self.content.frame(columns)
        if self.whole:
            return rows
        slices, start = [rows.clear()], 0
        for name, height in self.content.parts:
            slices += [rows[start : start + height]] * (name in self.fresh)
            start += height
        return pl.concat(slices)


def _groups(found: Iterator[Found]) -> Iterator[list[Found]]:
    """Yield files that follow each other and can be read at once: a process writes one each minute and date."""
    group: list[Found] = []
    kind, size = None, 0
    for one in found:
        own, more = one.kind, len(one.content.data)
        if group and (own != kind or size + more > _MOST_BYTES):
            yield group
            group, size = [], 0
        kind, size = own, size + more
        group.append(one)
    if group:
        yield group


def _frame(group: Sequence[Found], columns: list[str] | None) -> pl.DataFrame:
    if all(found.whole for found in group):
        return content.together([found.content for found in group], columns)
    return pl.concat([found.frame(columns) for found in group])


def files(store: Store, has: Callable[[keys.Key], bool]) -> Iterator[Found]:
    """Yield files, so that each row is in one of them; what is merged meanwhile is found again.

    One whose rows were all in files before it is yielded without any, so that it can be removed.
    """
    done: set[str] = set()
    again = True
    while again:
        again = False
        for key in listed(store):
            if key.key in done or not has(key):
                continue
            opened = content.read(store, key.key)
            if opened is None:
                again = True
                continue
            fresh = frozenset(name for name in opened.stands_for if name not in done)
            done |= fresh | {key.key}
            yield Found(key, opened, fresh)


def listed(store: Store) -> list[keys.Key]:
    """Return the captured files, by date; merged ones before those that they may stand for."""
    found = [key for name in store.list(keys.ROOT) if (key := keys.parse(name)) is not None]
    return sorted(found, key=lambda key: (key.day or date.max, not key.merged, key.key))


def _naive(time: datetime | None) -> datetime | None:
    return time if time is None or time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


def days(store: Store) -> dict[date | None, int]:
    """Return how many files each date has; None stands for those of several dates."""
    found: dict[date | None, int] = {}
    for key in listed(store):
        found[key.day] = found.get(key.day, 0) + 1
    return found
