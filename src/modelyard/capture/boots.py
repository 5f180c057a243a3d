"""What each process says of itself in the store: how many rows it has taken, so that what is lost can be counted."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from modelyard.capture import tally
from modelyard.capture.keys import BOOTS
from modelyard.data.store import Store
from modelyard.record import Record

_SECONDS = 30.0


class Boot(Record):
    """A process, as it last said.

    Attributes:
        boot: Its name.
        seen: When it said so (ISO, UTC).
        added: Rows that it had taken.
        dropped: Rows that it had given up.
        state: `running`, `stopped` (it wrote what it could), or `killed` (found dead by another process).
    """

    boot: str
    seen: str
    added: int
    dropped: int = 0
    state: Literal["running", "stopped", "killed"] = "running"


class Recorder:
    """Writes the record of a process now and then."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._again = 0.0

    def write(self, boot: str, added: int, dropped: int, *, last: bool = False) -> None:
        """Write, unless that was done moments ago.

        Raises:
            ModelyardError: The store does not take it.
        """
        if last or time.monotonic() >= self._again:
            self._again = time.monotonic() + _SECONDS
            state: Literal["running", "stopped"] = "stopped" if last else "running"
            put(self._store, Boot(boot=boot, seen=_now(), added=added, dropped=dropped, state=state))


def put(store: Store, boot: Boot) -> None:
    """Write a record."""
    store.put(f"{BOOTS}/{boot.boot}.json", boot.model_dump_json().encode())


def load(store: Store) -> dict[str, Boot]:
    """Return every process's record, by its name; what cannot be read is left out."""
    found = {}
    for key in store.list(BOOTS):
        data = store.get(key)
        try:
            boot = Boot.model_validate_json(data or b"")
        except ValidationError:
            continue
        found[boot.boot] = boot
    return found


def settle(store: Store, folder: Path) -> None:
    """Write the records of processes on this machine that were killed, and forget their numbers.

    Raises:
        ModelyardError: The store does not take them.
    """
    for count in tally.counts(folder):
        if not count.alive:
            if count.added:
                put(store, Boot(boot=count.boot, seen=_now(), added=count.added, state="killed"))
            tally.forget(folder, count.boot)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_name() -> str:
    """Return a name that no other process has, and that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}{os.urandom(4).hex()}"
