"""Encoded rows of one version, in arrays and bytes: nothing that the garbage collector walks."""

from array import array
from typing import NamedTuple

import numpy as np

from modelyard.capture.lines import writer
from modelyard.capture.shape import Shape


class Taken(NamedTuple):
    """Encoded rows of one version, with the number of each row in this process, shape (rows,)."""

    shape: Shape
    text: bytes
    sequence: np.ndarray

    def halves(self) -> tuple["Taken", "Taken"]:
        """Return the first and the second half of the rows."""
        middle = len(self.sequence) // 2
        lines = self.text.splitlines(keepends=True)
        first, second = b"".join(lines[:middle]), b"".join(lines[middle:])
        return (
            Taken(self.shape, first, self.sequence[:middle]),
            Taken(self.shape, second, self.sequence[middle:]),
        )


class Chunk:
    """Encoded rows of one version: request i has `counts[i]` rows, the first of which is `firsts[i]`."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.text = bytearray()
        self.firsts = array("q")
        self.counts = array("q")

    def taken(self) -> Taken:
        """Return its rows."""
        return Taken(self.shape, bytes(self.text), _numbers(self.firsts, self.counts))


class Lines:
    """The chunk of a version that takes rows."""

    def __init__(self, shape: Shape) -> None:
        self.write = writer(shape)
        self.chunk = Chunk(shape)

    def take(self) -> list[Chunk]:
        """Return the chunk, unless it is empty, and begin another."""
        taken = self.chunk
        if not taken.counts:
            return []
        self.chunk = Chunk(taken.shape)
        return [taken]


def _numbers(firsts: array, counts: array) -> np.ndarray:
    begins, lengths = np.array(firsts, dtype=np.int64), np.array(counts, dtype=np.int64)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(begins, lengths) + within
