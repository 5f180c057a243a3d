"""The versions that a server keeps loaded, and those that would not load."""

import gc
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from modelyard.data.store import Store
from modelyard.errors import ModelyardError
from modelyard.routing import Ref
from modelyard.serving.bundles import bundle
from modelyard.serving.logs import Log
from modelyard.serving.version import Version

_LAST_RETRY_S = 30.0


@dataclass(frozen=True)
class Failure:
    """Why a version would not load, and when it is tried again."""

    message: str
    hint: str
    pause: float
    again: float  # monotonic


class Warm:
    """Loads versions, each once; a failed one again and again, ever more rarely."""

    def __init__(self, store: Store, cache: Path, log: Log) -> None:
        self.failed: dict[int, int] = {}  # version -> failed loads so far
        self._store = store
        self._cache = cache
        self._log = log
        self._versions: dict[str, Version] = {}
        self._failures: dict[str, Failure] = {}
        self._lock = threading.Lock()

    def get(self, ref: Ref | None) -> Version | None:
        """Return the version where it is loaded."""
        return None if ref is None else self._versions.get(ref.sha256)

    def failure(self, ref: Ref) -> Failure | None:
        """Return why a version could not be loaded the last time."""
        return self._failures.get(ref.sha256)

    def retry(self) -> None:
        """Try what failed again at the next occasion."""
        self._failures.clear()

    def load(self, ref: Ref, first_retry_s: float) -> bool:
        """Load a version unless it is there, or failed just now; say whether anything was tried."""
        with self._lock:
            known = self._failures.get(ref.sha256)
            if ref.sha256 in self._versions or (known is not None and time.monotonic() < known.again):
                return False
            try:
                self._load(ref)
            except Exception as error:
                self._fail(ref, error, first_retry_s if known is None else min(known.pause * 2, _LAST_RETRY_S))
            return True

    def keep(self, wanted: Collection[str]) -> None:
        """Let go of every version whose sha256 is not among these."""
        with self._lock:
            gone = [sha256 for sha256 in self._versions if sha256 not in wanted]
            for sha256 in gone:
                del self._versions[sha256]
        if gone:
            _freeze()

    def _load(self, ref: Ref) -> None:
        begin = time.perf_counter()
        version = Version.load(ref, bundle(self._store, ref, self._cache))
        self._versions[ref.sha256] = version
        self._failures.pop(ref.sha256, None)
        _freeze()
        self._log.line("loaded", version=ref.version, sha256=ref.sha256, seconds=round(time.perf_counter() - begin, 3))

    def _fail(self, ref: Ref, error: Exception, pause: float) -> None:
        told = isinstance(error, ModelyardError)
        message = error.message if told else f"{type(error).__name__}: {error}"
        hint = error.hint if told else "Register a version that loads."
        self._failures[ref.sha256] = Failure(message, hint, pause, time.monotonic() + pause)
        self.failed[ref.version] = self.failed.get(ref.version, 0) + 1
        self._log.line("load_failed", version=ref.version, sha256=ref.sha256, error=message, hint=hint)


def _freeze() -> None:
    """Take what lives as long as a model out of the collector's rounds: walking it would delay answers."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
