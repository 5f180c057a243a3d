"""The audit chain: one object per event, each holding the hash of the one before, none ever rewritten."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from pydantic import ValidationError

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.record import Record
from modelyard.routing.actor import actor

FOLDER = "audit"
_ATTEMPTS = 200


class Event(Record):
    """Who did what to which subject, when and why."""

    number: int
    time: str  # ISO, UTC
    who: str
    action: str  # registered, promoted, retired, copied, ...
    subject: str  # what it was done to: "v3", a snapshot's id
    why: str
    generation: int  # of the routing document then
    key: str  # one event per key
    previous: str  # sha256 of the event before; "" in the first


class Head(Record):
    """The newest event's number and hash: what, kept elsewhere, shows a cut-off tail."""

    number: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.number}:{self.sha256}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read what `str` wrote."""
        number, _, sha256 = text.partition(":")
        return cls(number=int(number), sha256=sha256)


def append(  # noqa: PLR0913 - an event has many parts, all by keyword
    store: Store,
    *,
    action: str,
    subject: str,
    why: str,
    generation: int,
    key: str = "",
    who: str = "",
    time: str = "",
) -> Event:
    """Add an event, or return the one that already has this key.

    Safe from several processes at once, and to repeat after a kill: a number is given once, and a writer that
    never heard the answer finds its own event by its key.

    Raises:
        OutsideError: The store failed, or others kept taking the next number.
    """
    key = key or os.urandom(16).hex()
    for _ in range(_ATTEMPTS):
        known = _read(store)
        mine = next((event for *_, event in known if event is not None and event.key == key), None)
        if mine is not None:
            return mine
        last_number, last_data, _ = known[-1] if known else (0, b"", None)
        event = Event(
            number=last_number + 1,
            time=time or datetime.now(UTC).isoformat(timespec="milliseconds"),
            who=who or actor(),
            action=action,
            subject=subject,
            why=why,
            generation=generation,
            key=key,
            previous=_hash(last_data) if last_data else "",
        )
        if store.put_new(_name(event.number), _encoded(event)):
            return event
    raise OutsideError(
        f"Event {action!r} could not be added to the audit chain in {store.uri}: others keep adding theirs.",
        "Run it again.",
        code="contended",
    )


def events(store: Store) -> list[Event]:
    """Return all events, oldest first; what is not an event is left to `verify`."""
    return [event for _, _, event in _read(store) if event is not None]


def newest(store: Store) -> Iterator[Event]:
    """Yield events from the newest back, each read when it is asked for."""
    for name in reversed(store.list(FOLDER)):
        event = _decoded(store.get(name) or b"")
        if event is not None:
            yield event


def head(store: Store) -> Head | None:
    """Return number and hash of the newest event."""
    names = store.list(FOLDER)
    data = store.get(names[-1]) if names else None
    event = _decoded(data or b"")
    return None if data is None or event is None else Head(number=event.number, sha256=_hash(data))


def verify(store: Store, head: Head | None) -> list[str]:
    """Return what is wrong with the chain, naming events; empty when it is intact.

    `head` is what was last noted outside the chain. It may lie behind the newest event, never ahead of it.
    """
    found = _read(store)
    problems: list[str] = []
    expected, previous = 1, ""
    for number, data, event in found:
        problems += _problems(number, event, expected, previous)
        expected, previous = number + 1, _hash(data)
    return problems + _beyond(head, {number: _hash(data) for number, data, _ in found})


def _problems(number: int, event: Event | None, expected: int, previous: str) -> Iterator[str]:
    name = _name(number)
    if number != expected:
        gone = _name(expected) if number == expected + 1 else f"{_name(expected)} to {_name(number - 1)}"
        yield f"{gone}: removed"
    if event is None:
        yield f"{name}: not an event"
    elif event.number != number:
        yield f"{name}: says it is event {event.number}"
    elif number == expected and event.previous != previous:
        yield f"{_name(number - 1) if number > 1 else name}: changed after {name} was written"


def _beyond(head: Head | None, hashes: dict[int, str]) -> list[str]:
    if head is None or hashes.get(head.number) == head.sha256:
        return []
    if head.number not in hashes:
        last = max(hashes, default=0)
        return [f"{_name(n)}: removed" for n in range(last + 1, head.number + 1)]
    return [f"{_name(head.number)}: changed since its hash was noted in the registry"]


def _read(store: Store) -> list[tuple[int, bytes, Event | None]]:
    """Return (number, bytes, event) by number; in parallel, since a bucket answers slowly."""
    names = [name for name in store.list(FOLDER) if _number(name) is not None]
    with ThreadPoolExecutor(max_workers=8) as pool:
        contents = list(pool.map(store.get, names)) if len(names) > 4 else [store.get(name) for name in names]
    rows = [(_number(name) or 0, data, _decoded(data)) for name, data in zip(names, contents, strict=True) if data]
    return sorted(rows, key=lambda row: row[0])


def _decoded(data: bytes) -> Event | None:
    try:
        return Event.model_validate_json(data)
    except ValidationError:
        return None


def _encoded(event: Event) -> bytes:
    return event.model_dump_json(indent=1).encode() + b"\n"


def _name(number: int) -> str:
    return f"{FOLDER}/{number:06d}.json"


def _number(name: str) -> int | None:
    stem = name.removeprefix(f"{FOLDER}/").removesuffix(".json")
    return int(stem) if stem.isdecimal() and stem.isascii() else None


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
