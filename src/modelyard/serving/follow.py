"""Follows the routing document: its champion answers here, once it is loaded and has answered its own example."""

import gc
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from modelyard.data.store import Store
from modelyard.errors import ModelyardError, OutsideError
from modelyard.routing import Ref, Routing
from modelyard.routing.document import KEY
from modelyard.serving.bundles import bundle
from modelyard.serving.logs import Log
from modelyard.serving.state import State
from modelyard.serving.version import Version

_POLL_S = 1.0
_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 30.0
_REGISTER = "Run `modelyard run` in the project; this server follows within a second, and needs no restart."


@dataclass(frozen=True)
class _Failure:
    message: str
    hint: str
    pause: float
    again: float  # monotonic


class Follower:
    """Polls a store from a thread of its own; `state` is replaced whole, so readers need no lock."""

    def __init__(self, store: Store, cache: Path, log: Log) -> None:
        self.state = State()
        self.counters = {"load_failures_total": 0, "poll_failures_total": 0}
        self._store = store
        self._cache = cache
        self._log = log
        self._etag: str | None = None
        self._warm: dict[str, Version] = {}
        self._failures: dict[str, _Failure] = {}
        self._unreachable = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End; a load that is under way may finish."""
        self._stopped.set()

    def warm(self, ref: Ref | None) -> bool:
        """Say whether a version is loaded."""
        return ref is not None and ref.sha256 in self._warm

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.poll()
            except Exception as error:
                self._trouble(f"{type(error).__name__} while following the routing document", "See the log.")
            self._stopped.wait(_POLL_S)

    def poll(self) -> None:
        """Read the document once, and do what it says."""
        try:
            self._read()
        except ModelyardError as error:  # keep to the document that is known
            self._trouble(error.message, error.hint)
        else:
            self._unreachable = False
        self._follow()

    def _read(self) -> None:
        found = self._store.get_tagged(KEY)
        if found is None:
            if self._etag is None:
                self._say("No model is registered yet.", _REGISTER)
                return
            raise OutsideError(f"{KEY} is gone from {self._store.uri}.", "Restore it from a backup of the store.")
        if found[1] == self._etag:
            return
        try:
            routing = Routing.model_validate_json(found[0])
        except ValidationError as error:
            raise OutsideError(
                f"{KEY} in {self._store.uri} is not a routing document.",
                "Restore it from a backup of the store, or update modelyard if a newer one wrote it.",
            ) from error
        self._etag = found[1]
        self._failures.clear()
        self.state = replace(self.state, routing=routing)
        self._log.line("routing", generation=routing.generation, action=routing.action)

    def _follow(self) -> None:
        routing = self.state.routing
        if routing.champion is None:
            if self._etag is not None:
                self.state = replace(self.state, version=None)
                self._say("No model is released.", _REGISTER)
            return
        champion = self._loaded(routing.champion)
        if champion is not None:
            self._answer_with(champion)
        for ref in (routing.previous, routing.challenger):  # a change between these needs no load
            if ref is not None:
                self._loaded(ref)
        self._forget({ref.sha256 for ref in (routing.champion, routing.previous, routing.challenger) if ref})

    def _loaded(self, ref: Ref) -> Version | None:
        """Return the version, loaded now if it was not; None where it cannot be, and is not to be tried again yet."""
        if ref.sha256 in self._warm:
            return self._warm[ref.sha256]
        failure = self._failures.get(ref.sha256)
        if failure is None or time.monotonic() >= failure.again:
            try:
                return self._load(ref)
            except Exception as error:
                self._failed(ref, error)
        self._keep_running(ref)
        return None

    def _load(self, ref: Ref) -> Version:
        begin = time.perf_counter()
        version = Version.load(ref, bundle(self._store, ref, self._cache))
        self._warm[ref.sha256] = version
        self._failures.pop(ref.sha256, None)
        _freeze()
        self._log.line("loaded", version=ref.version, sha256=ref.sha256, seconds=round(time.perf_counter() - begin, 3))
        return version

    def _failed(self, ref: Ref, error: Exception) -> None:
        known = self._failures.get(ref.sha256)
        pause = _FIRST_RETRY_S if known is None else min(known.pause * 2, _LAST_RETRY_S)
        told = isinstance(error, ModelyardError)
        message = error.message if told else f"{type(error).__name__}: {error}"
        hint = error.hint if told else "Register a version that loads."
        self._failures[ref.sha256] = _Failure(message, hint, pause, time.monotonic() + pause)
        self.counters["load_failures_total"] += 1
        self._log.line("load_failed", version=ref.version, sha256=ref.sha256, error=message, hint=hint)

    def _keep_running(self, ref: Ref) -> None:
        failure = self._failures[ref.sha256]
        if ref == self.state.routing.champion:
            self._say(f"Version {ref.version} cannot be loaded: {failure.message}", failure.hint)

    def _answer_with(self, version: Version) -> None:
        if self.state.version is not version:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            self.state = replace(self.state, version=version, since=now)
            self._log.line("answering", version=version.ref.version, sha256=version.ref.sha256)
        self._say("", "")

    def _say(self, problem: str, hint: str) -> None:
        if (problem, hint) != (self.state.problem, self.state.hint):
            self.state = replace(self.state, problem=problem, hint=hint)

    def _trouble(self, message: str, hint: str) -> None:
        self.counters["poll_failures_total"] += 1
        if self.state.version is None:
            self._say(message, hint)
        if not self._unreachable:
            self._log.line("poll_failed", error=message, hint=hint)
        self._unreachable = True

    def _forget(self, kept: set[str]) -> None:
        gone = [sha256 for sha256 in self._warm if sha256 not in kept and self._warm[sha256] is not self.state.version]
        for sha256 in gone:
            del self._warm[sha256]
        if gone:
            _freeze()


def _freeze() -> None:
    """Take what lives as long as a model out of the collector's rounds: walking it would delay answers."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
