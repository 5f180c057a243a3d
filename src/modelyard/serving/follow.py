"""Follows the routing document: what it names is loaded, has answered its own example, and then gets its share.

One thread reads the document, another loads models, so that a slow load never delays a rollback.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from modelyard.data.store import Store
from modelyard.errors import ModelyardError, OutsideError
from modelyard.routing import Ref, Release, Routing
from modelyard.routing.document import KEY
from modelyard.routing.release import clock
from modelyard.serving.assign import Split
from modelyard.serving.logs import Log
from modelyard.serving.state import State
from modelyard.serving.version import Version
from modelyard.serving.warm import Failure, Warm

_POLL_S = 0.4
_FIRST_RETRY_S = 1.0
_REGISTER = "Run `modelyard run` in the project; this server follows within a second, and needs no restart."


class Follower:
    """Polls a store from threads of its own; `state` is replaced whole, so readers need no lock."""

    def __init__(self, store: Store, cache: Path, log: Log) -> None:
        self.state = State()
        self._store = store
        self._log = log
        self._models = Warm(store, cache, log)
        self._etag: str | None = None
        self._written = 0.0  # when the document was, on `clock`
        self._lapsed: set[str] = set()  # releases; a lapse is final
        self._poll_failures = 0
        self._unreachable = False
        self._settling = threading.RLock()
        self._wanted = threading.Event()
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to follow."""
        for name, work in (("follow", self._read_always), ("load", self._load_always)):
            threading.Thread(target=work, name=name, daemon=True).start()

    def stop(self) -> None:
        """End; a load that is under way may finish."""
        self._stopped.set()
        self._wanted.set()

    def warm(self, ref: Ref | None) -> bool:
        """Say whether a version is loaded."""
        return self._models.get(ref) is not None

    @property
    def hopeless(self) -> bool:
        """Say whether no version is to come soon: none is released, or what might answer would not load."""
        routing = self.state.routing
        wanted = [ref for ref in (routing.champion, routing.stand_in) if ref is not None]
        return routing.generation > 0 and all(ref.version in self._models.failed for ref in wanted)

    @property
    def counters(self) -> Mapping[str, int]:
        """Return what went wrong so far."""
        return {
            "load_failures_total": sum(self.load_failures.values()),
            "poll_failures_total": self._poll_failures,
        }

    @property
    def load_failures(self) -> Mapping[int, int]:
        """Return how often each version failed to load."""
        return dict(self._models.failed)

    def poll(self) -> None:
        """Read the document once, and do what it says."""
        self._look()
        self._load()

    def _read_always(self) -> None:
        while not self._stopped.is_set():
            self._guarded(self._look)
            self._wanted.set()
            self._stopped.wait(_POLL_S)

    def _load_always(self) -> None:
        while self._wanted.wait() and not self._stopped.is_set():
            self._wanted.clear()
            self._guarded(self._load)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self._trouble(f"{type(error).__name__} while following the routing document", "See the log.")

    def _look(self) -> None:
        try:
            self._read()
        except ModelyardError as error:  # keep to the document that is known; its lease ends all the same
            self._trouble(error.message, error.hint)
        else:
            self._unreachable = False
        self._settle()

    def _read(self) -> None:
        asked = clock()
        found = self._store.get_aged(KEY)
        if found is None:
            if self._etag is None:
                self._say("No model is registered yet.", _REGISTER)
                return
            raise OutsideError(f"{KEY} is gone from {self._store.uri}.", "Restore it from a backup of the store.")
        data, etag, age = found
        if etag == self._etag:
            return
        routing = _parsed(data, self._store.uri)
        with self._settling:
            self._note_lapse()  # requests have seen it; a renewal that comes now is too late
            self._etag, self._written = etag, asked - age
            if routing.generation != self.state.routing.generation:  # a renewal is nothing new
                self._models.retry()
                self._log.line("routing", generation=routing.generation, action=routing.action)
            self.state = replace(self.state, routing=routing)

    def _load(self) -> None:
        for ref in _named(self.state.routing):
            if self._models.load(ref, _FIRST_RETRY_S):
                self._settle()
        routing = self.state.routing
        if self._etag is not None:
            running = self.state.version
            kept = {ref.sha256 for ref in _named(routing)} | ({running.ref.sha256} if running else set())
            self._models.keep(kept)

    def _settle(self) -> None:
        """Bring `state` in line with the document, the loaded versions and the lease."""
        with self._settling:
            routing = self.state.routing
            ready = {ref.version: self.warm(ref) for ref in _named(routing)}
            if routing.champion is not None:
                self._answer(routing, routing.champion)
            elif self._etag is not None:
                self.state = replace(self.state, version=None)
                self._say("No model is released.", _REGISTER)
            # the champion first: what was promoted answers without a gap
            self.state = replace(self.state, split=self._split(routing.release), ready=ready)

    def _split(self, release: Release | None) -> Split | None:
        if release is None or not release.running or release.id in self._lapsed:
            return None
        split = Split(release, self._models.get(release.challenger), self._written + release.lease_s)
        return split if split.live else self._lapse(release)

    def _note_lapse(self) -> None:
        split = self.state.split
        if split is not None and not split.live:
            self._lapse(split.release)

    def _lapse(self, release: Release) -> None:
        if release.id not in self._lapsed:
            self._lapsed.add(release.id)
            self._log.line("lease_lapsed", release=release.id, step=release.step)

    def _answer(self, routing: Routing, champion: Ref) -> None:
        version, failure = self._models.get(champion), self._models.failure(champion)
        if version is not None:
            self._answer_with(version)
            self._say("", "")
        elif failure is not None:
            self._answer_without(routing, champion, failure)

    def _answer_without(self, routing: Routing, champion: Ref, failure: Failure) -> None:
        """Go on with what answers; after a restart, with what those servers answer with that were not restarted."""
        before = self._models.get(routing.stand_in)
        if self.state.version is None and before is not None:
            self._answer_with(before, instead_of=champion.version)
        running = self.state.version
        meanwhile = f", and version {running.ref.version} answers" if running else ""
        self._say(f"Version {champion.version} cannot be loaded{meanwhile}: {failure.message}", failure.hint)

    def _answer_with(self, version: Version, **more: int) -> None:
        if self.state.version is not version:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            self.state = replace(self.state, version=version, since=now)
            self._log.line("answering", version=version.ref.version, sha256=version.ref.sha256, **more)

    def _say(self, problem: str, hint: str) -> None:
        with self._settling:
            if (problem, hint) != (self.state.problem, self.state.hint):
                self.state = replace(self.state, problem=problem, hint=hint)

    def _trouble(self, message: str, hint: str) -> None:
        self._poll_failures += 1
        if self.state.version is None:
            self._say(message, hint)
        if not self._unreachable:
            self._log.line("poll_failed", error=message, hint=hint)
        self._unreachable = True


def _named(routing: Routing) -> list[Ref]:
    """Return the three versions that stay warm, the most urgent first: changes between them need no load."""
    release = routing.release
    challenger = release.challenger if release is not None and release.running else routing.challenger
    wanted = [routing.champion, challenger, routing.previous]
    return list({ref.sha256: ref for ref in reversed(wanted) if ref is not None}.values())[::-1]


def _parsed(data: bytes, uri: str) -> Routing:
    try:
        return Routing.model_validate_json(data)
    except ValidationError as error:
        raise OutsideError(
            f"{KEY} in {uri} is not a routing document.",
            "Restore it from a backup of the store, or update modelyard if a newer one wrote it.",
        ) from error
