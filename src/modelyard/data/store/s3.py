"""An S3 prefix as a store, over obstore; configured by the AWS environment variables and profile."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.data.store.clock import StoreClock
from modelyard.data.store.durable import beside
from modelyard.data.store.failures import bucket_failure
from modelyard.data.store.profile import settings
from modelyard.errors import RequestError

if TYPE_CHECKING:
    from obstore.store import S3Store

_CHUNK = 8 * 2**20


class Bucket:
    """Objects below a prefix of a bucket."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = prefix

    @classmethod
    def of(cls, uri: str) -> "Bucket":
        """Parse `s3://BUCKET/PREFIX`.

        Raises:
            RequestError: There is no bucket in it.
        """
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        if not bucket or any(sign in uri for sign in "@?# "):
            raise RequestError(f"{uri!r} is not s3://BUCKET/PREFIX.", "Name a bucket and a prefix.", code="bad_store")
        return cls(bucket, prefix.strip("/"))

    def get(self, key: str) -> tuple[bytes, str] | None:
        """Return content and ETag."""
        with self._failing("read", key):
            try:
                response = self._client.get(key)
                return bytes(response.bytes()), response.meta["e_tag"] or ""
            except FileNotFoundError as error:
                return self._absent(error)

    def get_aged(self, key: str) -> tuple[bytes, str, float] | None:
        """Return content, ETag, and `Date` minus `Last-Modified`, both as the store says them."""
        with self._failing("read", key):
            try:
                response = self._client.get(key)
                data, written = bytes(response.bytes()), response.meta["last_modified"].timestamp()
            except FileNotFoundError as error:
                return self._absent(error)
            age = self._clock.now(lambda: self._presigned(key)) - written
            return data, response.meta["e_tag"] or "", max(age, 0.0)

    def put(self, key: str, data: bytes) -> None:
        """Write, replacing what is there."""
        with self._failing("write", key):
            self._client.put(key, data, chunk_size=_CHUNK)

    def put_new(self, key: str, data: bytes) -> bool:
        """Write with `If-None-Match: *`."""
        from obstore.exceptions import AlreadyExistsError

        with self._failing("write", key):
            try:
                self._client.put(key, data, mode="create")
            except AlreadyExistsError:
                return False
            return True

    def put_if(self, key: str, data: bytes, etag: str) -> bool:
        """Write with `If-Match`."""
        from obstore.exceptions import PreconditionError

        with self._failing("write", key):
            try:
                self._client.put(key, data, mode={"e_tag": etag})
            except PreconditionError as error:
                self._absent(error)
                return False
            return True

    def put_file(self, key: str, path: Path) -> None:
        """Upload a file, in parts when it is large."""
        with self._failing("write", key):
            try:
                self._client.put(key, path, chunk_size=_CHUNK)
            except FileNotFoundError as error:
                self._absent(error)
                raise

    def fetch(self, key: str, to: Path) -> bool:
        """Download to a file."""
        with self._failing("read", key):
            try:
                response = self._client.get(key)
            except FileNotFoundError as error:
                self._absent(error)
                return False
            to.parent.mkdir(parents=True, exist_ok=True)
            with beside(to) as temporary:
                with temporary.open("xb") as file:
                    for chunk in response.stream(min_chunk_size=_CHUNK):
                        file.write(chunk)
                temporary.replace(to)
        return True

    def local(self, key: str) -> Path | None:  # noqa: ARG002 - the folder store has one
        """Return None: nothing here is a file."""
        return None

    def exists(self, key: str) -> bool:
        """Ask for the object's head."""
        with self._failing("read", key):
            try:
                self._client.head(key)
            except FileNotFoundError:
                return False
            return True

    def list(self, folder: str) -> list[str]:
        """Return the keys below a folder, page by page."""
        with self._failing("list", folder):
            return [item["path"] for page in self._client.list(folder or None) for item in page]

    def delete(self, key: str) -> None:
        """Remove an object."""
        with self._failing("delete", key):
            try:
                self._client.delete(key)
            except FileNotFoundError as error:
                self._absent(error)

    @cached_property
    def _client(self) -> "S3Store":
        from obstore.store import S3Store

        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
        return S3Store(
            self.bucket,
            prefix=self.prefix or None,
            config=settings(),
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": "5s",
                "read_timeout": "30s",
                "timeout": "10min",  # the whole of one request; a part or an object may be large
            },
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
        )

    @cached_property
    def _clock(self) -> StoreClock:
        return StoreClock()

    def _presigned(self, key: str) -> str:
        import obstore

        return obstore.sign(self._client, "HEAD", key, timedelta(minutes=1))

    def _absent(self, error: Exception) -> None:
        """Let a missing object be None, but not a missing bucket."""
        if "NoSuchBucket" in str(error):
            raise error

    @contextmanager
    def _failing(self, verb: str, key: str) -> Generator[None]:
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            raise bucket_failure(verb, key, f"{self.bucket}/{self.prefix}".rstrip("/"), error) from error
