"""Mirrors requests to the shadow, off the hot path: what it says is counted and captured, never answered."""

import queue
import threading
import time
from typing import NamedTuple

from modelyard.serving.assign import SHADOW, Assigned
from modelyard.serving.attempt import Asked, attempt
from modelyard.serving.body import Body
from modelyard.serving.keeper import Keeper
from modelyard.serving.logs import Log
from modelyard.serving.metrics import Metrics
from modelyard.serving.version import Version

_MOST_BYTES = 16_000_000


class _Mirrored(NamedTuple):
    shadow: Version
    champion: Version
    body: Body
    data: bytes
    number: str
    received: float


class Mirror:
    """A bounded queue of requests, and the thread that works through it.

    Attributes:
        dropped: Requests for which there was no room.
    """

    def __init__(self, metrics: Metrics, keeper: Keeper, log: Log) -> None:
        self.dropped = 0
        self._log = log
        self._metrics = metrics
        self._keeper = keeper
        self._queue: queue.SimpleQueue[_Mirrored | None] = queue.SimpleQueue()
        self._added = 0  # bytes; written by the event loop only
        self._finished = 0  # bytes; written by the thread only
        self._thread: threading.Thread | None = None

    def add(  # noqa: PLR0913 - the parts of a request, on the hot path
        self, shadow: Version, champion: Version, body: Body, data: bytes, number: str, received: float
    ) -> None:
        """Mirror a request, unless too many wait."""
        if self._added - self._finished > _MOST_BYTES:
            self.dropped += 1
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="mirror", daemon=True)
            self._thread.start()
        self._added += len(data) + 1000
        self._queue.put(_Mirrored(shadow, champion, body, data, number, received))

    def stop(self, timeout_s: float = 5.0) -> None:
        """Work through what waits, as far as it goes in the time."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout_s)

    def wait(self, timeout_s: float = 5.0) -> bool:
        """Wait until nothing waits; say whether that happened."""
        end = time.monotonic() + timeout_s
        while self._added != self._finished and time.monotonic() < end:
            time.sleep(0.005)
        return self._added == self._finished

    def _run(self) -> None:
        while (asked := self._queue.get()) is not None:
            try:
                self._score(asked)
            finally:
                self._finished += len(asked.data) + 1000

    def _score(self, asked: _Mirrored) -> None:
        assigned = Assigned(asked.shadow, SHADOW, False, None)
        # not alone: the same version may answer by the event loop once the release has ended
        found = attempt(Asked(assigned, asked.champion, asked.body, asked.data, asked.number), alone=False)
        tried = found.tries[0]
        series = self._metrics.series(tried.labels)
        series.tried(tried.seconds, tried.failure and tried.failure.kind, len(asked.body.rows))
        if tried.failure is not None:
            self._log.request("mirror", asked.number, 0, tried.seconds or 0.0, 0, tried.labels[0], *tried.failure[1:])
        if found.scores is not None:
            series.predicted(len(found.rows), found.standing)
            shape, entity = asked.shadow.shape, asked.body.id
            self._keeper.add(shape, SHADOW, asked.number, entity, found.rows, found.scores, asked.received)
