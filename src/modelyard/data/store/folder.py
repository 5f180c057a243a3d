"""A folder as a store: each write is a temporary file, flushed, then renamed or linked into place."""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from modelyard.data.store.durable import TEMPORARY, beside, flush_folder, flushed, make_folder
from modelyard.data.store.failures import disk_failure
from modelyard.errors import OutsideError

LOCK = ".lock"
_LOCK_WAIT_S = 30.0
_STALE_S = 3600.0


class Folder:
    """Objects as files below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._swept: set[Path] = set()

    def get(self, key: str) -> tuple[bytes, str] | None:
        """Return content and its hash, which serves as the ETag."""
        with self._failing("read", key):
            try:
                data = (self.root / key).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None
        return data, _tag(data)

    def get_aged(self, key: str) -> tuple[bytes, str, float] | None:
        """Return content, its hash, and the seconds since it was written; one open file cannot mix two writes."""
        with self._failing("read", key):
            try:
                with (self.root / key).open("rb") as file:
                    age = time.time() - os.fstat(file.fileno()).st_mtime
                    data = file.read()
            except (FileNotFoundError, NotADirectoryError):
                return None
        return data, _tag(data), max(age, 0.0)

    def put(self, key: str, data: bytes) -> None:
        """Write, replacing what is there."""
        with (
            self._failing("write", key),
            self._written(key, lambda file: file.write(data)) as (temporary, path),
        ):
            temporary.replace(path)

    def put_new(self, key: str, data: bytes) -> bool:
        """Write only where nothing is."""
        if self.exists(key):
            return False
        with (
            self._failing("write", key),
            self._written(key, lambda file: file.write(data)) as (temporary, path),
        ):
            return self._link(temporary, path)

    def put_if(self, key: str, data: bytes, etag: str) -> bool:
        """Compare and replace under a lock, which the kernel drops when its holder dies."""
        with self._failing("write", key), self._locked():
            found = self.get(key)
            if found is None or found[1] != etag:
                return False
            self.put(key, data)
            return True

    def put_file(self, key: str, path: Path) -> None:
        """Copy a file in; a file that is already the object stays."""
        target = self.root / key
        with self._failing("write", key):
            if target.exists() and target.samefile(path):
                return
            with (
                path.open("rb") as source,
                self._written(key, lambda file: shutil.copyfileobj(source, file)) as names,
            ):
                names[0].replace(names[1])

    def fetch(self, key: str, to: Path) -> bool:
        """Copy an object out."""
        source = self.root / key
        with self._failing("read", key):
            if not source.is_file():
                return False
            to.parent.mkdir(parents=True, exist_ok=True)
            with beside(to) as temporary:
                shutil.copyfile(source, temporary)
                temporary.replace(to)
        return True

    def local(self, key: str) -> Path | None:
        """Return where the object lies."""
        return self.root / key

    def exists(self, key: str) -> bool:
        """Say whether the file is there."""
        return (self.root / key).is_file()

    def list(self, folder: str) -> list[str]:
        """Return the keys below a folder; what is half written has no key."""
        with self._failing("list", folder):
            return list(self._below(folder))

    def _below(self, folder: str) -> Iterator[str]:
        try:
            entries = os.scandir(self.root / folder)
        except (FileNotFoundError, NotADirectoryError):
            return
        with entries:
            for entry in entries:
                key = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    yield from self._below(key)
                elif entry.is_file() and not entry.name.startswith(TEMPORARY) and entry.name != LOCK:
                    yield key

    def delete(self, key: str) -> None:
        """Remove the file."""
        path = self.root / key
        with self._failing("delete", key):
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                flush_folder(path.parent)

    @contextmanager
    def _written(self, key: str, write: Callable[[BinaryIO], object]) -> Generator[tuple[Path, Path]]:
        """Yield a flushed temporary file and its place; the temporary file is gone afterwards."""
        path = self.root / key
        make_folder(path.parent)
        self._sweep(path.parent)
        with beside(path) as temporary:
            with flushed(temporary) as file:
                write(file)
            yield temporary, path
            flush_folder(path.parent)

    def _link(self, temporary: Path, path: Path) -> bool:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError:  # file systems without hard links: the lock stands in
            with self._locked():
                if path.exists():
                    return False
                temporary.replace(path)
        return True

    def _sweep(self, folder: Path) -> None:
        """Remove what killed writers left behind, once per folder."""
        if folder in self._swept:
            return
        self._swept.add(folder)
        for path in folder.glob(f"{TEMPORARY}*"):
            try:
                if time.time() - path.stat().st_mtime > _STALE_S:
                    path.unlink(missing_ok=True)
            except FileNotFoundError:  # its writer was alive after all
                continue

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Hold the store's lock; waits, but not for ever."""
        make_folder(self.root)
        deadline = time.monotonic() + _LOCK_WAIT_S
        with (self.root / LOCK).open("ab") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise OutsideError(
                            f"Another process has held the lock {self.root / LOCK} for {_LOCK_WAIT_S:.0f} s.",
                            "Wait for the other command, or stop it; the lock ends with its process.",
                            code="store_locked",
                        ) from None
                    time.sleep(0.005)
            yield

    @contextmanager
    def _failing(self, verb: str, key: str) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise disk_failure(verb, key, self.root, error) from error


def _tag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
