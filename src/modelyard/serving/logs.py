"""Writes structured log lines to stderr from a thread of its own, so that a slow reader never delays an answer."""

import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import IO, Any

import msgspec

_PAUSE_S = 0.2
_MOST_WAITING = 20_000


class Log:
    """Lines on their way out: one JSON object each. They hold names and counts, never values of rows."""

    def __init__(self, out: IO[str] | None = None) -> None:
        self._out = out or sys.stderr
        self._waiting: deque[tuple[float, dict[str, Any]]] = deque(maxlen=_MOST_WAITING)
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
        """Add a line; the oldest ones are lost when nobody reads."""
        self._waiting.append((time.time(), {"event": event, **fields}))

    def flush(self) -> None:
        """Write what waits."""
        with self._writing:
            lines = []
            while self._waiting:
                moment, fields = self._waiting.popleft()
                when = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
                lines.append(msgspec.json.encode({"time": when, **fields}).decode())
            if lines:
                self._out.write("\n".join(lines) + "\n")
                self._out.flush()

    def _run(self) -> None:
        while not self._stopped.wait(_PAUSE_S):
            try:
                self.flush()
            except (OSError, ValueError):  # nobody reads any more; answering goes on
                continue
