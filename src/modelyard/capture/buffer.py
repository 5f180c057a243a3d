"""Takes rows from the event loop and hands them to the writer, in flat memory of a bounded size."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from modelyard.capture.chunk import Chunk, Lines, Taken
from modelyard.capture.shape import Shape

_AT_ONCE = 64  # rows that are encoded while a request waits; the others are encoded by the writer
_CHUNK_BYTES = 2**20  # read as a frame at once: the interpreter is held for the copy only
_MOST_BYTES = 32 * 2**20
_MOST_LARGE_ROWS = 200_000


class Batch(NamedTuple):
    """A request of many rows, not yet encoded."""

    first: int
    shape: Shape
    role: str
    request: str
    entity: str | None
    rows: Sequence[Sequence[Any]]
    scores: np.ndarray
    received: float


class Buffer:
    """Rows on their way to the writer.

    Attributes:
        added: Rows that ever came.
        dropped: Rows that had no room, or could not be encoded.
        mark: Told how many rows ever came.
    """

    def __init__(self) -> None:
        self.mark: Callable[[int], None] = _nothing
        self.added = 0
        self.dropped = 0
        self._rows = 0
        self._closed = False
        self._lock = threading.Lock()  # held for microseconds
        self._lines: dict[Shape, Lines] = {}
        self._bytes = 0
        self._full: deque[Chunk] = deque()
        self._large: deque[Batch] = deque()
        self._large_rows = 0

    @property
    def waiting(self) -> int:
        """Return how many rows are here."""
        return self._rows + self._large_rows

    def add(  # noqa: PLR0913 - called with positions
        self,
        shape: Shape,
        role: str,
        request: str,
        entity: str | None,
        rows: Sequence[Sequence[Any]],
        scores: np.ndarray,
        received: float,
    ) -> None:
        """Take the rows of one answer."""
        n = len(rows)
        with self._lock:
            first = self.added
            self.added = first + n
            self.mark(first + n)
            if self._closed or self._bytes > _MOST_BYTES:
                self.dropped += n
            elif n > _AT_ONCE:
                self._keep(Batch(first, shape, role, request, entity, rows, scores, received))
            else:
                lines = self._of(shape)
                text = lines.chunk.text
                before = len(text)
                try:
                    lines.write(text, role, request, entity, rows, scores, received)
                except Exception:  # what JSON cannot hold is counted as lost, and is never the request's problem
                    del text[before:]
                    self.dropped += n
                    return
                self._count(lines, first, n, len(text) - before)

    def encode_large(self) -> None:
        """Encode the requests of many rows, some rows at a time."""
        while self._large:
            batch = self._large.popleft()
            for i in range(0, len(batch.rows), _AT_ONCE):
                self._encode(batch, slice(i, min(i + _AT_ONCE, len(batch.rows))))
            with self._lock:
                self._large_rows -= len(batch.rows)

    def take(self, *, every: bool) -> Iterator[Taken]:
        """Hand over, and forget, the full chunks; or every row."""
        with self._lock:
            for lines in self._lines.values() if every else ():
                self._full.extend(lines.take())
        while self._full:
            chunk = self._full.popleft()
            with self._lock:
                self._bytes -= len(chunk.text)
                self._rows -= sum(chunk.counts)
            yield chunk.taken()

    def close(self) -> None:
        """Drop what is left, and what still comes."""
        with self._lock:
            self._closed = True
            self.dropped += self.waiting
            for kept in (self._lines, self._full, self._large):
                kept.clear()
            self._rows = self._large_rows = self._bytes = 0

    def _of(self, shape: Shape) -> Lines:
        lines = self._lines.get(shape)
        if lines is None:
            lines = self._lines[shape] = Lines(shape)
        return lines

    def _keep(self, batch: Batch) -> None:
        n = len(batch.rows)
        if self._large_rows + n > _MOST_LARGE_ROWS:
            self.dropped += n
            return
        self._large.append(batch)
        self._large_rows += n

    def _encode(self, batch: Batch, some: slice) -> None:
        """Encode a part of a large request; the lock is held only to append it."""
        text, n = bytearray(), some.stop - some.start
        with self._lock:
            lines = self._of(batch.shape)
        try:
            rows, scores = batch.rows[some], batch.scores[some]
            lines.write(text, batch.role, batch.request, batch.entity, rows, scores, batch.received, some.start)
        except Exception:  # as above
            with self._lock:
                self.dropped += n
            return
        with self._lock:
            lines = self._of(batch.shape)
            lines.chunk.text += text
            self._count(lines, batch.first + some.start, n, len(text))

    def _count(self, lines: Lines, first: int, n: int, size: int) -> None:
        chunk = lines.chunk
        chunk.firsts.append(first)
        chunk.counts.append(n)
        self._bytes += size
        self._rows += n
        if len(chunk.text) >= _CHUNK_BYTES:
            self._full.extend(lines.take())


def _nothing(added: int) -> None:
    """Tell nobody."""
