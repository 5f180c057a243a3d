"""Puts finished files into the store from a thread of its own: tries again, then gives up and counts."""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from modelyard.data.store import Store

_FIRST_PAUSE_S = 0.5
_LAST_PAUSE_S = 30.0
_MOST_BYTES = 64 * 2**20
_LONGEST_S = 900.0
_LAST_TRIES = 3

Tell = Callable[..., None]
"""An event and what belongs to it, by name, for the log."""


def untold(event: str, **fields: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class File:
    """A file that waits; `rows` is how many are lost with it."""

    key: str
    data: bytes
    rows: int
    since: float  # monotonic


class Sender:
    """Files on their way to the store; `after` is called with False after each, and with True at the end.

    Attributes:
        written: Rows in the store.
        dropped: Rows of files that were given up.
        files: How many were written.
        failures: Tries that failed.
    """

    def __init__(self, store: Store, after: Callable[[bool], None], tell: Tell = untold) -> None:
        self.written = 0
        self.dropped = 0
        self.files = 0
        self.failures = 0
        self._store = store
        self._after = after
        self._tell = tell
        self._failing = False
        self._waiting: deque[File] = deque()
        self._changed = threading.Condition()
        self._deadline: float | None = None
        self._thread = threading.Thread(target=self._run, name="capture-send", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def put(self, key: str, data: bytes, rows: int) -> None:
        """Send a file soon; the oldest ones are given up when too many wait."""
        with self._changed:
            self._waiting.append(File(key, data, rows, time.monotonic()))
            while sum(len(file.data) for file in self._waiting) > _MOST_BYTES and len(self._waiting) > 2:
                self._give_up(self._waiting[1])  # the first is on its way
                del self._waiting[1]
            self._changed.notify()

    def stop(self, timeout_s: float) -> None:
        """Send what waits within the time, give up what is left."""
        with self._changed:
            self._deadline = time.monotonic() + timeout_s
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        with self._changed:
            while self._waiting:
                self.dropped += self._waiting.popleft().rows

    def _run(self) -> None:
        tries = 0
        while (file := self._next()) is not None:
            sent = self._send(file)
            tries = 0 if sent else tries + 1
            if sent or self._is_hopeless(file, tries):
                self._done(file, sent=sent)
            else:
                self._pause(tries)
        self._say(last=True)

    def _next(self) -> File | None:
        """Wait for a file; None in the end."""
        with self._changed:
            while not self._waiting and self._deadline is None:
                self._changed.wait()
            return self._waiting[0] if self._waiting else None

    def _send(self, file: File) -> bool:
        try:
            self._store.put(file.key, file.data)
        except Exception as error:  # whatever it is, answering goes on
            self.failures += 1
            self._note(error)
            return False
        self._note(None)
        return True

    def _note(self, error: Exception | None) -> None:
        """Tell when trouble begins and when it is over, not of each try."""
        if self._failing == (error is not None):
            return
        self._failing = error is not None
        if error is None:
            self._tell("capture_written_again")
        else:
            self._tell("capture_failed", error=str(error) or type(error).__name__, store=self._store.uri)

    def _is_hopeless(self, file: File, tries: int) -> bool:
        if self._deadline is not None:
            return tries >= _LAST_TRIES or time.monotonic() > self._deadline
        return time.monotonic() - file.since > _LONGEST_S

    def _done(self, file: File, *, sent: bool) -> None:
        with self._changed:
            if self._waiting:
                self._waiting.popleft()
                if not sent:
                    self._give_up(file)
            self.written += file.rows if sent else 0
            self.files += sent
        if sent:
            self._say(last=False)

    def _give_up(self, file: File) -> None:
        self.dropped += file.rows
        if self._deadline is None:  # in the end it is told at once, with what else is lost then
            self._tell("capture_lost", rows=file.rows, store=self._store.uri)

    def _say(self, *, last: bool) -> None:
        with suppress(Exception):  # it is said again with the next file
            self._after(last)

    def _pause(self, tries: int) -> None:
        with self._changed:
            stopping = self._deadline is not None
            pause = _FIRST_PAUSE_S if stopping else min(_FIRST_PAUSE_S * 2**tries, _LAST_PAUSE_S)
            self._changed.wait(pause)
