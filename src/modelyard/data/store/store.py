"""The one class through which objects are read and written, whether they lie in a folder or in S3."""

from pathlib import Path
from typing import Protocol

from modelyard.data.store.folder import Folder
from modelyard.data.store.s3 import Bucket
from modelyard.errors import OutsideError, RequestError


class Backend(Protocol):
    """What a place to keep objects must do; semantics as in `Store`."""

    def get(self, key: str) -> tuple[bytes, str] | None: ...  # noqa: D102 - described once, in `Store`
    def get_aged(self, key: str) -> tuple[bytes, str, float] | None: ...  # noqa: D102
    def put(self, key: str, data: bytes) -> None: ...  # noqa: D102
    def put_new(self, key: str, data: bytes) -> bool: ...  # noqa: D102
    def put_if(self, key: str, data: bytes, etag: str) -> bool: ...  # noqa: D102
    def put_file(self, key: str, path: Path) -> None: ...  # noqa: D102
    def fetch(self, key: str, to: Path) -> bool: ...  # noqa: D102
    def local(self, key: str) -> Path | None: ...  # noqa: D102
    def exists(self, key: str) -> bool: ...  # noqa: D102
    def list(self, folder: str) -> list[str]: ...  # noqa: D102
    def delete(self, key: str) -> None: ...  # noqa: D102


class Store:
    """Objects by key. A write is whole or absent, and on disk when the call returns.

    Every method raises `OutsideError` when the place fails (disk, network, permission) and `RequestError`
    when it cannot be what was meant (no such bucket, a file where a folder should be).
    """

    def __init__(self, uri: str, backend: Backend) -> None:
        self.uri = uri
        self._backend = backend

    @classmethod
    def open(cls, uri: str, base: Path) -> "Store":
        """Open a folder (relative to `base`), `file://FOLDER` or `s3://BUCKET/PREFIX`; creates nothing.

        Raises:
            RequestError: Another scheme, or no bucket.
        """
        if uri.startswith("s3://"):
            return cls(uri.rstrip("/"), Bucket.of(uri))
        path = uri.removeprefix("file://")
        if "://" in path or not path:
            raise RequestError(
                f"The store {uri!r} is neither a folder nor s3://BUCKET/PREFIX.",
                "Set `environments.ENV.store` in modelyard.yaml to one of these.",
                code="bad_store",
            )
        root = (base / Path(path).expanduser()).absolute()
        return cls(str(root), Folder(root))

    def get(self, key: str) -> bytes | None:
        """Return the object, or None when there is none."""
        found = self._backend.get(_checked(key))
        return None if found is None else found[0]

    def get_tagged(self, key: str) -> tuple[bytes, str] | None:
        """Return the object and the ETag that `put_if` compares with."""
        return self._backend.get(_checked(key))

    def get_aged(self, key: str) -> tuple[bytes, str, float] | None:
        """Return the object, its ETag, and how many seconds old it is by the clock of the store itself."""
        return self._backend.get_aged(_checked(key))

    def put(self, key: str, data: bytes) -> None:
        """Write, replacing what is there."""
        self._backend.put(_checked(key), data)

    def put_new(self, key: str, data: bytes) -> bool:
        """Write only where nothing is; False when the key is taken."""
        return self._backend.put_new(_checked(key), data)

    def put_if(self, key: str, data: bytes, etag: str) -> bool:
        """Replace only what still has this ETag; False when it changed or is gone."""
        return self._backend.put_if(_checked(key), data, etag)

    def put_file(self, key: str, path: Path) -> None:
        """Write a file's content, streamed."""
        self._backend.put_file(_checked(key), path)

    def fetch(self, key: str, to: Path) -> Path:
        """Copy an object to the file `to`, whole or not at all; the folder above it is made.

        Raises:
            OutsideError: There is no such object.
        """
        if not self._backend.fetch(_checked(key), to):
            raise OutsideError(
                f"{key} is missing from the store {self.uri}.",
                "Restore it from a backup, or make it again with `modelyard run`.",
                code="missing_object",
            )
        return to

    def local(self, key: str) -> Path | None:
        """Return the object's own path where the store is a folder, else None; it need not exist."""
        return self._backend.local(_checked(key))

    def exists(self, key: str) -> bool:
        """Say whether there is an object of this key."""
        return self._backend.exists(_checked(key))

    def list(self, prefix: str) -> list[str]:
        """Return the sorted keys in and below the folder `prefix` ("" is everything)."""
        folder = prefix.strip("/")
        return sorted(self._backend.list(_checked(folder) if folder else ""))

    def delete(self, key: str) -> None:
        """Remove an object; nothing happens when there is none."""
        self._backend.delete(_checked(key))


def _checked(key: str) -> str:
    """Refuse keys that could leave the store or that stores spell differently."""
    parts = key.split("/")
    if any(part in {"", ".", ".."} or not part.isprintable() or "\\" in part for part in parts):
        raise RequestError(f"{key!r} is not a key of a store.", "Use names joined by single slashes.", code="bad_key")
    return key
