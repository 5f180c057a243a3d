"""Writes structured log lines to stderr from a thread of its own, so that a slow reader never delays an answer."""

import sys
import threading
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any

import msgspec

_PAUSE_S = 0.2
_MOST_WAITING = 20_000
_AT_ONCE = 200  # lines; answers need the interpreter in between


class RequestLine(msgspec.Struct, gc=False, omit_defaults=True, tag_field="event", tag="request"):
    """The line of a request; a struct that the collector need not walk, since thousands wait at a time."""

    time: datetime
    route: str
    request_id: str
    status: int
    ms: float
    rows: int
    version: str
    error: str = ""
    place: str = ""


class Log:
    """Lines on their way out: one JSON object each. They hold names and counts, never values of rows."""

    def __init__(self, out: IO[str] | None = None) -> None:
        self._out = out or sys.stderr
        self._waiting: deque[RequestLine | dict[str, Any]] = deque(maxlen=_MOST_WAITING)
        self._encode = msgspec.json.Encoder().encode_lines
        self._stopped = threading.Event()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        self.flush()

    def line(self, event: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
        """Add a line on something that is rare."""
        self.add({"event": event, "time": datetime.now(UTC), **fields})

    def add(self, line: RequestLine | dict[str, Any]) -> None:
        """Add a line; the oldest ones are lost when nobody reads."""
        self._waiting.append(line)

    def flush(self) -> None:
        """Write what waits."""
        with self._writing, suppress(OSError, ValueError):  # nobody reads any more; answering goes on
            while self._waiting:
                some = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
                self._out.write(self._encode(some).decode())
            self._out.flush()

    def _run(self) -> None:
        while not self._stopped.wait(_PAUSE_S):
            self.flush()
