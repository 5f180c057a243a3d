"""A bundle: the files of a version under one sha256 that depends on their names and bytes only."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from modelyard.errors import OutcomeError, RequestError


def pack(files: Mapping[str, bytes], folder: Path) -> str:
    """Write `files` (path inside the bundle -> bytes) as `folder`, all or nothing; return its sha256.

    A folder that holds the same bundle already is left as it is.

    Raises:
        RequestError: A path leaves the bundle, or `folder` holds something else.
    """
    for name in files:
        _check_name(name)
    expected = _combine({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    if folder.exists():
        return _same(folder, expected)
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, data in files.items():
            _write(work / name, data)
        work.chmod(0o755)
        work.rename(folder)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return expected


def unpack(folder: Path) -> dict[str, bytes]:
    """Return the files of a bundle (or of a part of one), by path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in _files(folder)}


def digest(folder: Path) -> str:
    """Return the sha256 of the bundle in `folder`: over the sorted lines `SHA256  PATH` of its files."""
    return _combine({p.relative_to(folder).as_posix(): _sha256(p) for p in _files(folder)})


def verify(folder: Path, sha256: str) -> None:
    """Refuse a bundle whose bytes are not those that were registered.

    Raises:
        OutcomeError: The digest differs, or there is no such folder.
    """
    found = digest(folder) if folder.is_dir() else "nothing"
    if found != sha256:
        raise OutcomeError(
            f"The bundle in {folder} is not {sha256[:12]}: found {found[:12]}.",
            "It was changed or is incomplete: fetch it again from the store.",
            code="bad_digest",
        )


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _combine(digests: Mapping[str, str]) -> str:
    lines = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\n" in name or str(path) != name:
        raise RequestError(f"{name!r} is no path inside a bundle.")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _same(folder: Path, expected: str) -> str:
    if not folder.is_dir() or digest(folder) != expected:
        raise RequestError(f"{folder} exists and holds something else.", "Choose another folder.")
    return expected
