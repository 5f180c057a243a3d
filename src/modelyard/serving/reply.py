"""A request and its answer, whatever carries them."""

import asyncio
import itertools
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from modelyard.serving.problems import RefusalError

Header = tuple[bytes, bytes]

JSON = b"application/json"
TEXT = b"text/plain; version=0.0.4; charset=utf-8"
HTML = b"text/html; charset=utf-8"
MOST_BYTES = 10_000_000
MOST_ROWS = 10_000
_LONGEST_ID = 128

_ENCODE = msgspec.json.Encoder().encode
_BOOT = os.urandom(6).hex()
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class Request:
    """A whole request: method and path as they came, header names in lower case."""

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    body: bytes
    too_large: bool = False  # the body was, and is not here


class Reply(NamedTuple):
    """An answer; `number` is the request's id, `after` is called when it was sent."""

    status: int
    body: bytes
    number: bytes
    media: bytes = JSON
    more: Sequence[Header] = ()
    after: Callable[[], None] | None = None


class Later:
    """An answer that comes in this turn of the event loop; cheaper than a future and a task that waits for it."""

    __slots__ = ("_reply", "_tell")

    def __init__(self) -> None:
        self._reply: Reply | None = None
        self._tell: Callable[[Reply], None] | None = None

    def then(self, tell: Callable[[Reply], None]) -> None:
        """Say who is to be told, once."""
        self._tell = tell
        if self._reply is not None:
            tell(self._reply)

    def come(self, reply: Reply) -> None:
        """Give the answer."""
        self._reply = reply
        if self._tell is not None:
            self._tell(reply)

    def __await__(self) -> Generator[Any, None, Reply]:
        """Wait for it, where a task does."""
        future = asyncio.get_running_loop().create_future()
        self.then(lambda reply: None if future.done() else future.set_result(reply))
        return (yield from future)


def request_id(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the client's own request id, or a new one where it has none that may go into a log."""
    value = headers.get(b"x-request-id")
    if value and len(value) <= _LONGEST_ID and value.isascii() and value.decode().isprintable():
        return value
    return b"%b-%d" % (_BOOT.encode(), next(_NUMBERS))


def check_body(request: Request) -> None:
    """Refuse a body that is too large, or declared as something else than plain JSON.

    Raises:
        RefusalError: 413 or 415.
    """
    if request.too_large:
        raise too_large()
    media = request.headers.get(b"content-type")
    if media is not None and media != JSON and not _is_json(media):
        raise RefusalError(415, "The content type must be application/json.", "Set the header content-type.")
    coding = request.headers.get(b"content-encoding")
    if coding is not None and coding.lower() != b"identity":
        raise RefusalError(415, "Compressed bodies are not read.", "Send the body as it is.")


def too_large() -> RefusalError:
    """Return the refusal of a large body."""
    return RefusalError(413, f"The body has more than {MOST_BYTES:,} bytes.", "Send fewer rows in each request.")


def _is_json(value: bytes) -> bool:
    media = value.split(b";")[0].strip().lower()
    return media == JSON or (media.startswith(b"application/") and media.endswith(b"+json"))


def encode(document: object) -> bytes:
    """Write a document as JSON."""
    return _ENCODE(document)


def refused(refusal: RefusalError, number: bytes) -> Reply:
    """Return the answer that says why there is no other."""
    document = {"detail": refusal.detail} | ({"hint": refusal.hint} if refusal.hint else {})
    return Reply(refusal.status, encode(document), number, more=refusal.headers)
