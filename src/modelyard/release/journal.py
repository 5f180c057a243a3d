"""The log of a release, one JSON object a line, in the store: what the report draws and a person reads afterwards."""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.record import Record
from modelyard.routing.release import Release

FOLDER = "releases"


class Entry(Record):
    """Something that happened to a release."""

    time: str  # ISO, UTC
    event: str  # started, judged, advanced, promoted, rolled_back, aborted, trouble
    step: int  # 1 is the first
    weight: float  # percent of the requests that the challenger answers from here on
    challenger: int = 0  # version
    champion: int = 0
    verdict: str = ""  # advance, hold or roll_back
    checks: list[dict[str, Any]] = []
    counts: dict[str, dict[str, float]] = {}  # role -> requests, errors, rows since the step began
    reason: str = ""


class Journal:
    """Appends to the log of one release; only the holder of its lease writes."""

    def __init__(self, store: Store, release: str) -> None:
        self._store = store
        self._key = key(release)
        self._entries = entries(store, release)

    @property
    def last(self) -> Entry | None:
        """Return the newest entry."""
        return self._entries[-1] if self._entries else None

    def add(self, event: str, release: Release, **more: Any) -> None:  # noqa: ANN401 - fields of an entry
        """Write an entry; where the store fails it goes out with the next one, since no log may end a release."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = Entry(
            time=now,
            event=event,
            step=release.step + 1,
            weight=release.weight,
            challenger=release.challenger.version,
            champion=release.champion.version,
            **more,
        )
        self._entries.append(entry)
        lines = [json.dumps(entry.model_dump(mode="json"), ensure_ascii=False) for entry in self._entries]
        try:
            self._store.put(self._key, ("\n".join(lines) + "\n").encode())
        except OutsideError:
            return


def key(release: str) -> str:
    """Return where the log of a release lies."""
    return f"{FOLDER}/{release}/log.jsonl"


def entries(store: Store, release: str) -> list[Entry]:
    """Return what is in the log of a release, oldest first; a line of another kind is passed over."""
    found = []
    for line in (store.get(key(release)) or b"").splitlines():
        try:
            found.append(Entry.model_validate_json(line))
        except ValidationError:
            continue
    return found


def releases(store: Store) -> list[str]:
    """Return the ids of all releases that have a log, oldest first."""
    return sorted({name.split("/")[1] for name in store.list(FOLDER) if name.endswith("/log.jsonl")})
