"""Numbers that several processes keep and any of them can read: a memory-mapped file of doubles for each process.

A process that is killed loses nothing that it had counted, and its successor goes on counting in its files.
"""

import json
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

_SLOTS = 65_536
_SIZE = _SLOTS * 8
_LOST, _PID, _FIRST = 0, 1, 2  # slots

Key = tuple[str, tuple[tuple[str, str], ...], str]
"""Family, labels, and which part of it (a bucket's bound, `sum`); the part of a plain number is empty."""


class Cells:
    """The numbers of one process; each is written by one thread only.

    Attributes:
        values: All numbers, by slot.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Open, or go on with, the numbers in `path`; without one they live in this process alone."""
        self._slots: dict[Key, int] = {}
        self._names = None
        if path is None:
            memory = mmap.mmap(-1, _SIZE)
        else:
            with path.open("a+b") as file:
                file.truncate(_SIZE)
                memory = mmap.mmap(file.fileno(), _SIZE)
            names = path.with_suffix(".names")
            self._slots = {key: _FIRST + i for i, key in enumerate(_whole(names))}
            self._names = names.open("a", encoding="utf-8")
        self.values = memoryview(memory).cast("d")
        self.values[_PID] = os.getpid()

    def slot(self, family: str, labels: tuple[tuple[str, str], ...] = (), part: str = "") -> int:
        """Return where a number is kept; when there is no room for more of them, where nobody looks."""
        key = (family, labels, part)
        found = self._slots.get(key)
        if found is not None:
            return found
        if len(self._slots) + _FIRST >= _SLOTS:
            return _LOST
        if self._names is not None:  # the name is there before the first count
            self._names.write(json.dumps(key) + "\n")
            self._names.flush()
        self._slots[key] = _FIRST + len(self._slots)
        return self._slots[key]

    def items(self) -> Iterator[tuple[Key, float]]:
        """Yield this process's numbers."""
        for key, slot in list(self._slots.items()):
            yield key, self.values[slot]

    def zero(self, family: str) -> None:
        """Set a family to zero."""
        for (name, _, _), slot in self._slots.items():
            if name == family:
                self.values[slot] = 0.0


def read(path: Path) -> tuple[int, list[tuple[Key, float]]]:
    """Return the process id and the numbers of another process's file."""
    values = memoryview(path.read_bytes()).cast("d")
    keys = _whole(path.with_suffix(".names"), cut=False)
    return int(values[_PID]), [(key, values[_FIRST + i]) for i, key in enumerate(keys)]


def _whole(names: Path, *, cut: bool = True) -> list[Key]:
    """Return the keys of complete lines; what a kill left of another line is cut off."""
    data = names.read_bytes() if names.exists() else b""
    end = data.rfind(b"\n") + 1
    if cut and end < len(data):
        os.truncate(names, end)
    return [_key(line) for line in data[:end].splitlines()]


def _key(line: bytes) -> Key:
    family, labels, part = json.loads(line)
    return family, tuple((name, value) for name, value in labels), part
