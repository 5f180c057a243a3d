"""How many rows a process has taken, in memory that outlives it: what a killed process lost can be counted.

The number lies in a small file that is mapped into memory, on a file system in memory where there is one: setting it
takes no system call, and the kernel keeps it when the process is killed. The file is locked while its process lives.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_NUMBER = struct.Struct("<q")
_SUFFIX = ".count"
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL


@dataclass(frozen=True)
class Count:
    """What a process on this machine has taken."""

    boot: str
    added: int
    alive: bool


class Tally:
    """The number of one process; where no file can be made it goes without."""

    def __init__(self, folder: Path, boot: str) -> None:
        self._path = folder / f"{boot}{_SUFFIX}"
        self._file: int | None = None
        self._memory: mmap.mmap | None = None
        try:
            self._open()
        except (OSError, ValueError):
            self.remove()

    @property
    def mark(self) -> Callable[[int], None]:
        """Return the function that sets the number."""
        memory, pack = self._memory, _NUMBER.pack_into
        return _nothing if memory is None else lambda added: pack(memory, 0, added)

    def remove(self) -> None:
        """Forget the number: it has been written to the store."""
        if self._file is not None:
            forget(self._path.parent, self._path.name.removesuffix(_SUFFIX))
            os.close(self._file)
        self._file = None

    def _open(self) -> None:
        _make_private(self._path.parent)
        try:
            self._file = os.open(self._path, _NEW, 0o600)
        except FileNotFoundError:  # the last one to leave took the folder along
            _make_private(self._path.parent)
            self._file = os.open(self._path, _NEW, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        os.write(self._file, bytes(mmap.PAGESIZE))  # the page exists now: writing to it cannot fail later
        self._memory = mmap.mmap(self._file, mmap.PAGESIZE)


def place(uri: str) -> Path:
    """Return the folder of this user's numbers for a store."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is private, and checked
    base = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    return base / f"modelyard-{os.getuid()}" / hashlib.sha256(uri.encode()).hexdigest()[:16]


def counts(folder: Path) -> list[Count]:
    """Return what processes left in a folder, or are still counting."""
    try:
        paths = sorted(folder.glob(f"*{_SUFFIX}"))
    except OSError:
        return []
    return [found for path in paths if (found := _read(path)) is not None]


def forget(folder: Path, boot: str) -> None:
    """Remove a number that has been written to the store."""
    (folder / f"{boot}{_SUFFIX}").unlink(missing_ok=True)
    with suppress(OSError):  # others are in it
        folder.rmdir()


def _read(path: Path) -> Count | None:
    try:
        with path.open("rb") as file:
            data = file.read(_NUMBER.size)
            alive = _is_locked(file.fileno())
    except OSError:
        return None
    return Count(path.name.removesuffix(_SUFFIX), _NUMBER.unpack(data)[0], alive) if len(data) == _NUMBER.size else None


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _make_private(folder: Path) -> None:
    """Make a folder that only this user can write to; refuse one that others made."""
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        if each.lstat().st_uid != os.getuid() or each.is_symlink():
            raise PermissionError(f"{each} belongs to another user")


def _nothing(added: int) -> None:
    """Do without."""
