"""Fetches an artifact of a workflow run and unpacks it, trusting neither its paths nor its size."""

import hashlib
import shutil
import stat
import urllib.request
import zipfile
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from ssl import SSLError
from typing import IO, BinaryIO
from urllib.error import URLError
from urllib.parse import urlsplit

from modelyard.errors import OutcomeError, OutsideError
from modelyard.github.connection import Connection

MOST_BYTES = 20 * 1024**3  # unpacked; a store of models is far below, a bomb far above
_CHUNK = 1 << 20
_TIMEOUT_S = 60


def fetch(connection: Connection, zip_path: str, what: str, digest: str | None, to: Path) -> None:
    """Write the zip file behind an API path to `to`; `digest` is `sha256:HEX` where GitHub says it.

    Raises:
        OutsideError: It cannot be fetched whole.
    """
    where = connection.location(zip_path, what, "Actions: read")
    parts = urlsplit(where)
    allowed = {"https"} if connection.credentials.api_url.startswith("https:") else {"https", "http"}
    if parts.scheme not in allowed:
        raise OutsideError(f"GitHub names no place to {what} from.", "Run it again.", code="no_artifact")
    sha256 = _download(where, parts.hostname or "", what, to)
    if digest and digest.startswith("sha256:") and digest != f"sha256:{sha256}":
        message = f"What came is not what GitHub stores: could not {what}."
        raise OutsideError(message, "Run it again.", code="bad_digest")


def _download(url: str, host: str, what: str, to: Path) -> str:
    """Fetch without our token: the address carries its own signature, and is another company's."""
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer, to.open("wb") as file:  # noqa: S310 - checked
            while part := answer.read(_CHUNK):
                digest.update(part)
                file.write(part)
            expected = answer.headers.get("content-length")
    except (URLError, TimeoutError, ConnectionError, HTTPException, SSLError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__  # not the address: it is signed
        raise OutsideError(f"Could not {what}: {host} says {reason}.", "Run it again.", code="no_artifact") from None
    if expected is not None and int(expected) != to.stat().st_size:
        raise OutsideError(f"Could not {what}: {host} broke off.", "Run it again.", code="no_artifact")
    return digest.hexdigest()


def unpack(archive: Path, folder: Path, what: str) -> None:
    """Unpack into a new folder.

    Raises:
        OutcomeError: It is no zip file, is damaged, or holds a path that leaves the folder.
    """
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as found:
            entries = [_checked(entry, what) for entry in found.infolist()]
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise _refused(what, f"it unpacks to more than {MOST_BYTES >> 30} GiB")
            for entry in entries:
                _unpack_one(found, entry, folder, what)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _refused(what, f"it is damaged ({error})") from error


def _unpack_one(found: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, what: str) -> None:
    target = folder / entry.filename
    try:
        (target if entry.is_dir() else target.parent).mkdir(parents=True, exist_ok=True)
        if not entry.is_dir():
            with found.open(entry) as source, target.open("xb") as file:
                _copy(source, file, entry.file_size, what)
    except (FileExistsError, NotADirectoryError) as error:
        raise _refused(what, f"it holds {entry.filename!r} twice") from error


def _copy(source: IO[bytes], file: BinaryIO, size: int, what: str) -> None:
    shutil.copyfileobj(source, file, _CHUNK)
    if file.tell() != size:
        raise _refused(what, "a file in it is not as long as it says")


def _checked(entry: zipfile.ZipInfo, what: str) -> zipfile.ZipInfo:
    path = PurePosixPath(entry.filename)
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in entry.filename and path.parts
    if not inside or not entry.filename.isprintable():
        raise _refused(what, f"the path {entry.filename!r} leaves it")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(what, f"{entry.filename!r} is a link")
    return entry


def _refused(what: str, why: str) -> OutcomeError:
    return OutcomeError(
        f"The artifact was not used: {why}.",
        f"Look at it on GitHub, delete it there, and {what} again.",
        code="bad_artifact",
    )
