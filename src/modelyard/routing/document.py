"""The routing document: the champion and release state of one environment, changed by compare-and-swap."""

import os
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, ValidationError

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.record import Record
from modelyard.routing import audit
from modelyard.routing.actor import actor
from modelyard.routing.ref import Ref
from modelyard.routing.release import Release

__all__ = ["KEY", "Ref", "Routing", "read", "record", "renew", "swap"]

KEY = "routing.json"
_DEADLINE_S = 60.0
_REMEMBERED = 32


class Routing(Record):
    """Which versions serve, with which share; generation 0 is the document that nobody has written yet."""

    generation: int = 0
    nonce: str = ""  # of the writer
    recent: tuple[str, ...] = ()  # nonces before it: a write that landed unheard is found here
    champion: Ref | None = None
    challenger: Ref | None = None
    previous: Ref | None = None
    pinned: Ref | None = None
    weights: dict[Annotated[str, Field(pattern=r"^\d+$")], float] = {}  # version -> share of requests
    release: Release | None = None  # under way, or the one that ended last
    champion_since: int = 0  # generation in which the champion became it
    changed: str = ""  # ISO, UTC
    by: str = ""
    action: str = ""
    subject: str = ""
    why: str = ""

    @property
    def stand_in(self) -> Ref | None:
        """Return the version that may answer where the champion cannot be loaded: one that it took over from.

        Never one that was rolled back: nobody wants its answers.
        """
        before, champion, release = self.previous, self.champion, self.release
        if before is None or champion is None or before.version > champion.version:
            return None
        undone = release is not None and release.state == "rolled_back" and release.challenger == before
        return None if undone else before

    def in_service(self) -> dict[int, str]:
        """Return the versions that may not be retired, each with what it serves as."""
        roles = ("pinned", "previous", "challenger", "champion")
        weighted = {int(version): "weighted" for version, share in self.weights.items() if share > 0}
        tried = {self.release.challenger.version: "challenger"} if self.release and self.release.running else {}
        return weighted | tried | {ref.version: role for role in roles if (ref := getattr(self, role)) is not None}


def read(store: Store) -> Routing:
    """Return the document; generation 0 where there is none.

    Raises:
        OutsideError: The store failed, or holds something else under this name.
    """
    found = store.get(KEY)
    return Routing() if found is None else _parsed(store, found)


def swap(
    store: Store, change: Callable[[Routing], Routing], *, why: str, action: str = "routed", subject: str = ""
) -> Routing:
    """Apply `change` to the newest document, and write the event that belongs to it.

    `change` is called again on each newer document until the write wins; returning its argument means that
    nothing is to be done. Before a generation is replaced, its event is made sure of, so that a killed
    process leaves no gap in the chain.

    Raises:
        OutsideError: The store failed, or others kept winning.
    """
    nonce = os.urandom(16).hex()
    deadline = time.monotonic() + _DEADLINE_S
    pause = 0.005
    while True:
        found = store.get_tagged(KEY)
        current = Routing() if found is None else _parsed(store, found[0])
        record(store, current)
        if nonce in (current.nonce, *current.recent):
            return current
        wanted = change(current)
        if wanted == current:
            return current
        stamped = _stamped(current, wanted, nonce, {"action": action, "subject": subject, "why": why})
        if _won(store, stamped, found[1] if found else None):
            record(store, stamped)
            return stamped
        if time.monotonic() > deadline:
            raise OutsideError(
                f"The routing document in {store.uri} kept changing for {_DEADLINE_S:.0f} s.",
                "See with `modelyard audit` who is changing it, then run it again.",
                code="contended",
            )
        time.sleep(random.uniform(0, pause))  # noqa: S311 - spreads writers, hides nothing
        pause = min(pause * 2, 0.5)


def renew(store: Store, holder: str) -> Routing | None:
    """Write the document again as it is, so that its lease begins anew; None where `holder` no longer has one.

    A renewal is no new generation, and has no event.

    Raises:
        OutsideError: The store failed; whether the renewal took effect is unknown.
    """
    nonce = os.urandom(16).hex()
    while True:
        found = store.get_tagged(KEY)
        current = Routing() if found is None else _parsed(store, found[0])
        release = current.release
        if found is None or release is None or not release.running or release.holder != holder:
            return None
        if nonce in (current.nonce, *current.recent):
            return current
        renewed = current.model_copy(update=_nonces(current, nonce))
        if store.put_if(KEY, _encoded(renewed), found[1]):
            return renewed


def record(store: Store, routing: Routing) -> None:
    """Make sure that the document's generation has its event in the audit chain."""
    if not routing.generation or not routing.action:
        return
    key = f"routing:{routing.generation}"
    for event in audit.newest(store):
        if event.key == key:
            return
        if event.generation < routing.generation:  # older than the document: its event cannot lie further back
            break
    audit.append(
        store,
        action=routing.action,
        subject=routing.subject,
        why=routing.why,
        generation=routing.generation,
        key=key,
        who=routing.by,
        time=routing.changed,
    )


def _stamped(current: Routing, wanted: Routing, nonce: str, reason: Mapping[str, str]) -> Routing:
    champion = wanted.champion
    return wanted.model_copy(
        update={
            "generation": current.generation + 1,
            **_nonces(current, nonce),
            "champion_since": current.champion_since if champion == current.champion else current.generation + 1,
            "changed": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "by": actor(),
            **reason,
            "subject": reason["subject"] or (f"v{champion.version}" if champion else ""),
        }
    )


def _nonces(current: Routing, nonce: str) -> dict[str, object]:
    recent = (*current.recent, current.nonce)[-_REMEMBERED:] if current.nonce else ()
    return {"nonce": nonce, "recent": recent}


def _encoded(routing: Routing) -> bytes:
    return routing.model_dump_json(indent=1).encode() + b"\n"


def _won(store: Store, stamped: Routing, etag: str | None) -> bool:
    """Write, and where the answer is unclear ask the document itself.

    A refusal may be the echo of an own write that was sent twice, and a time-out may hide a success.
    """
    data = _encoded(stamped)
    try:
        written = store.put_new(KEY, data) if etag is None else store.put_if(KEY, data, etag)
    except OutsideError:
        after = read(store)
        if stamped.nonce in (after.nonce, *after.recent):
            return True
        if after.generation >= stamped.generation:
            return False
        raise
    if written:
        return True
    after = read(store)
    return stamped.nonce in (after.nonce, *after.recent)


def _parsed(store: Store, data: bytes) -> Routing:
    try:
        return Routing.model_validate_json(data)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise OutsideError(
            f"{KEY} in {store.uri} is not a routing document: {where} {problem['msg']}".replace("  ", " "),
            "Restore it from a backup of the store, or update modelyard if a newer one wrote it.",
            code="bad_routing",
        ) from error
