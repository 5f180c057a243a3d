"""What was retrained and what is being retrained, in the store: one at a time on all machines.

The one at work writes a beat; where it stops, the next call takes over and continues.
"""

import os
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from modelyard.data.store import Store
from modelyard.errors import ModelyardError
from modelyard.monitoring.alerts import swap as documents
from modelyard.monitoring.retraining.record import Refused
from modelyard.record import Record

KEY = "retraining.json"
LEASE_S = 120.0
"""A retraining on another machine whose beat is older, by the store's own clock, is dead."""
_BEAT_S = 20.0
_REMEMBERED = 50


class Attempt(Record):
    """A retraining that has begun and not ended."""

    id: str
    began: str  # ISO, UTC
    reasons: tuple[str, ...] = ()
    asked: str = ""  # the window that somebody outside named
    begin: str = ""  # event time of the new rows, ISO
    end: str = ""
    snapshot: str = ""  # "" until the rows are stored
    version: int | None = None  # None until it is registered
    tries: int = 1
    holder: str = ""
    host: str = ""


class Done(Record):
    """A retraining that has ended."""

    began: str
    ended: str
    begin: str
    end: str
    snapshot: str
    asked: str = ""
    outcome: str  # released, registered, gate_failed, ...
    version: int | None = None


class Ledger(Record):
    """All of them; `done` is oldest first."""

    current: Attempt | None = None
    beat: int = 0
    done: tuple[Done, ...] = ()


def read(store: Store) -> Ledger:
    """Return the ledger."""
    return documents.read(store, KEY, Ledger())


def here() -> str:
    """Name this machine."""
    return socket.gethostname()


def is_alive(store: Store, attempt: Attempt) -> bool:
    """Say whether another machine is at it; on this one, who holds the lock knows that nobody is."""
    if attempt.host == here() or not attempt.holder:
        return False
    found = store.get_aged(KEY)
    return found is not None and found[2] < LEASE_S


def claim(store: Store, attempt: Attempt, previous: Attempt | None) -> Attempt:
    """Make `attempt` the current one, in place of `previous`.

    Raises:
        Refused: Another call was faster.
        OutsideError: The store failed.
    """

    def edit(ledger: Ledger) -> Ledger:
        if ledger.current == previous:
            return ledger.model_copy(update={"current": attempt})
        return ledger

    if documents.swap(store, KEY, Ledger(), edit).current != attempt:
        raise Refused("busy", "Another retraining has just begun.")
    return attempt


def update(store: Store, attempt: Attempt) -> Attempt:
    """Write how far the current one is."""

    def edit(ledger: Ledger) -> Ledger:
        return ledger.model_copy(update={"current": attempt}) if _is_of(ledger, attempt) else ledger

    if documents.swap(store, KEY, Ledger(), edit).current != attempt:
        raise Refused("busy", "Another machine has taken this retraining over.")
    return attempt


def release(store: Store, attempt: Attempt) -> None:
    """Leave the current one to whoever comes next."""
    freed = attempt.model_copy(update={"holder": "", "host": ""})

    def edit(ledger: Ledger) -> Ledger:
        return ledger.model_copy(update={"current": freed}) if _is_of(ledger, attempt) else ledger

    with suppress(ModelyardError):  # without it the lease lapses
        documents.swap(store, KEY, Ledger(), edit)


def finish(store: Store, attempt: Attempt, outcome: str) -> None:
    """Note how the current one ended."""
    done = Done(
        began=attempt.began, ended=now(), begin=attempt.begin, end=attempt.end, snapshot=attempt.snapshot,
        asked=attempt.asked, outcome=outcome, version=attempt.version,
    )  # fmt: skip

    def edit(ledger: Ledger) -> Ledger:
        if ledger.current is None or ledger.current.id != attempt.id:
            return ledger
        return ledger.model_copy(update={"current": None, "done": (*ledger.done, done)[-_REMEMBERED:]})

    documents.swap(store, KEY, Ledger(), edit)


@contextmanager
def beating(store: Store, attempt: Attempt) -> Generator[None]:
    """Keep the lease while the body works."""
    stop = threading.Event()

    def beat(ledger: Ledger) -> Ledger:
        return ledger.model_copy(update={"beat": ledger.beat + 1}) if _is_of(ledger, attempt) else ledger

    def work() -> None:
        while not stop.wait(_BEAT_S):
            with suppress(ModelyardError):  # the next beat may succeed; six in a row must fail to lose the lease
                documents.swap(store, KEY, Ledger(), beat)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def new_holder() -> str:
    """Return a name that no other call has."""
    return os.urandom(8).hex()


def now() -> str:
    """Return this moment."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _is_of(ledger: Ledger, attempt: Attempt) -> bool:
    return ledger.current is not None and ledger.current.holder == attempt.holder
