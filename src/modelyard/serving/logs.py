"""Writes structured log lines to stderr from a thread of its own, so that a slow reader never delays an answer."""

import itertools
import sys
import threading
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any

import msgspec

_PAUSE_S = 0.2
_MOST_WAITING = 20_000
_AT_ONCE = 16  # lines: workers share the stream, and a pipe takes 4 KB without mixing them


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

    def __init__(self, out: IO[str] | None = None, per_second: int = 100) -> None:
        """Write to `out`, of requests that succeeded at most `per_second` lines; all others always."""
        self._out = out or sys.stderr
        self._per_second = per_second
        self._room = per_second
        self._left_out = 0
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

    def has_room(self) -> bool:
        """Say whether one more request that succeeded is to be logged, and count it if not."""
        if self._room > 0:
            self._room -= 1
            return True
        self._left_out += 1
        return False

    def request(  # noqa: PLR0913 - the parts of a line
        self,
        route: str,
        number: str,
        status: int,
        seconds: float,
        rows: int,
        version: str,
        error: str = "",
        place: str = "",
    ) -> None:
        """Add the line of a request."""
        ms = round(seconds * 1000, 3)
        self.add(RequestLine(datetime.now(UTC), route, number, status, ms, rows, version, error, place))

    def flush(self) -> None:
        """Write what waits."""
        with self._writing, suppress(OSError, ValueError):  # nobody reads any more; answering goes on
            while self._waiting:
                some = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
                self._out.write(self._encode(some).decode())
                self._out.flush()

    def _run(self) -> None:
        turns = round(1 / _PAUSE_S)
        for turn in itertools.count():
            if self._stopped.wait(_PAUSE_S):
                return
            if turn % turns == 0:
                self._refill()
            self.flush()

    def _refill(self) -> None:
        left_out, self._left_out = self._left_out, 0
        self._room = self._per_second
        if left_out:
            self.line("requests_left_out", status=200, count=left_out)
