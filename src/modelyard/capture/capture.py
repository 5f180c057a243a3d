"""Keeps every prediction: taken from the event loop in microseconds, written as files by threads of its own."""

import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from modelyard.capture import boots
from modelyard.capture.buffer import Buffer, Taken
from modelyard.capture.finished import finished
from modelyard.capture.hiding import Hider
from modelyard.capture.rows import Reader
from modelyard.capture.sender import Sender, Tell, untold
from modelyard.capture.shape import Shape
from modelyard.capture.tally import Tally, place
from modelyard.config.serving import Capture as CaptureConfig
from modelyard.data.store import Store

_TICK_S = 0.1
_HURRY_S = 2.0
_MOST_BYTES = 64 * 2**20


class Capture:
    """Predictions on their way to `captures/` in a store. Nothing here raises into the server, or makes it wait.

    Attributes:
        boot: Names this process; rows of it are numbered from 0.
        hurry: Close files after two seconds; set while a release runs.
    """

    def __init__(  # noqa: PLR0913
        self,
        store: Store,
        config: CaptureConfig,
        *,
        boot: str | None = None,
        spool: Path | None = None,
        flush_s: float | None = None,
        flush_rows: int = 50_000,
        tell: Tell = untold,
    ) -> None:
        self.boot = boot or boots.new_name()
        self.hurry = False
        self._enabled = config.enabled
        self._flush_s = config.close_s if flush_s is None else flush_s
        self._flush_rows = flush_rows
        self._hide = Hider(store) if config.personal == "hash" else None
        self._spool = spool or place(store.uri)
        self._buffer = Buffer()
        self._store = store
        self._process = 0
        self._tally: Tally | None = None
        self._recorder = boots.Recorder(store)
        self._tell = tell
        self._sender = Sender(store, self._record, tell)
        self._readers: dict[Shape, Reader] = {}
        self._frames: list[pl.DataFrame] = []
        self._bytes = 0  # of lines that the frames were made of
        self._since: float | None = None
        self._broken = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        if config.enabled:
            self._number()

    def start(self) -> None:
        """Begin to write."""
        if not self._enabled:
            return
        if self._process != os.getpid():  # forked since: two processes must not share a name
            self.boot = boots.new_name()
            self._number()
        for thread in (self._thread, threading.Thread(target=self._settle, name="capture-settle", daemon=True)):
            thread.start()
        self._sender.start()

    def _number(self) -> None:
        """Number the rows under this process's name."""
        self._process = os.getpid()
        self._tally = Tally(self._spool, self.boot)
        self._buffer.mark = self._tally.mark

    def stop(self, timeout_s: float = 10.0) -> None:
        """Write what was taken, as far as it goes in the time; what is left is counted as dropped."""
        if not self._enabled:
            return
        end = time.monotonic() + timeout_s
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        before = self._dropped
        self._buffer.close()
        self._sender.stop(max(end - time.monotonic(), 0.0))
        if self._dropped > before:
            self._tell("capture_lost", rows=self._dropped - before, store=self._store.uri)

    @property
    def counters(self) -> Mapping[str, int]:
        """Return totals since this process began: rows taken, lost and written, files, tries that failed."""
        return {
            "capture_rows_total": self._buffer.added,
            "capture_dropped_rows_total": self._dropped,
            "capture_written_rows_total": self._sender.written,
            "capture_files_total": self._sender.files,
            "capture_failures_total": self._sender.failures,
        }

    def add(  # noqa: PLR0913
        self,
        shape: Shape,
        role: str,
        request_id: str,
        entity: str | None,
        rows: Sequence[Sequence[Any]],
        scores: np.ndarray,
        received: float,
    ) -> None:
        """Take the rows of one answer; from any thread, in microseconds, without ever raising.

        Args:
            shape: Of the version that answered.
            role: "champion", "challenger" or "shadow".
            request_id: Of the request.
            entity: What the client called `id`.
            rows: Typed values, in the order of `shape.names`; not to be changed afterwards.
            scores: Of shape (rows, classes) or (rows,).
            received: When the request came, in seconds since 1970.
        """
        if self._enabled:
            try:
                self._buffer.add(shape, role, request_id, entity, rows, scores, received)
            except Exception:  # what cannot even be counted
                self._broken += 1

    @property
    def _dropped(self) -> int:
        return self._buffer.dropped + self._sender.dropped + self._broken

    def _record(self, last: bool) -> None:
        if self._buffer.added:
            self._recorder.write(self.boot, self._buffer.added, self._dropped, last=last)
        if last and self._tally:
            self._tally.remove()

    def _settle(self) -> None:
        with suppress(Exception):  # the next process tries again
            boots.settle(self._store, self._spool)

    def _run(self) -> None:
        while not self._stopped.wait(_TICK_S):
            with suppress(Exception):  # the thread lives on
                self._turn()
        with suppress(Exception):
            self._turn(last=True)

    def _turn(self, *, last: bool = False) -> None:
        """Read what has come as frames; close the files when it is time."""
        self._buffer.encode_large()
        due = last or self._is_due()
        for taken in self._buffer.take(every=due):
            self._read(taken)
        if due and self._frames:
            self._close()

    def _is_due(self) -> bool:
        held = self._buffer.waiting
        rows = sum(frame.height for frame in self._frames)
        if not (held or rows):
            self._since = None
            return False
        if self._since is None:
            self._since = time.monotonic()
        limit = min(_HURRY_S, self._flush_s) if self.hurry else self._flush_s
        return rows + held >= self._flush_rows or self._bytes > _MOST_BYTES or time.monotonic() - self._since >= limit

    def _read(self, taken: Taken) -> None:
        try:
            self._frames.append(self._reader(taken.shape).read(taken.text, taken.sequence))
            self._bytes += len(taken.text)
        except Exception:  # one row that polars does not take costs no other row
            if len(taken.sequence) == 1:
                self._broken += 1
                return
            for half in taken.halves():
                self._read(half)

    def _reader(self, shape: Shape) -> Reader:
        known = self._readers.get(shape)
        if known is None:
            known = self._readers[shape] = Reader(shape, self.boot, self._hide)
        return known

    def _close(self) -> None:
        frames, self._frames, self._bytes, self._since = self._frames, [], 0, None
        left = sum(frame.height for frame in frames)
        try:
            for file in finished(frames, self.boot):
                self._sender.put(file.key, file.data, file.rows)
                left -= file.rows
        except Exception:  # no memory, say
            self._broken += left
