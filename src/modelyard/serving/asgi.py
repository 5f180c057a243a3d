"""The little of HTTP that the server needs, on bare ASGI: headers, bodies with a limit, answers."""

import itertools
import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from modelyard.serving.problems import RefusalError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

MOST_BYTES = 10_000_000
_MOST_DRAINED = 100_000_000  # a client that is still sending would not see the answer
_LONGEST_ID = 128

JSON = b"application/json"
_ENCODE = msgspec.json.Encoder().encode
_BOOT = os.urandom(6).hex()
_NUMBERS = itertools.count(1)


class GoneError(Exception):
    """The client went away before its request was complete."""


def request_id(headers: Iterable[Header]) -> bytes:
    """Return the client's own request id, or a new one where it has none that may go into a log."""
    for name, value in headers:
        if name == b"x-request-id" and 0 < len(value) <= _LONGEST_ID and value.isascii():
            text = value.decode()
            if text.isprintable():
                return value
    return f"{_BOOT}-{next(_NUMBERS)}".encode()


def check_json(headers: Iterable[Header]) -> None:
    """Refuse a body that is declared as something else than plain JSON, or as too large.

    Raises:
        RefusalError: 415 or 413.
    """
    for name, value in headers:
        if name == b"content-type" and value != JSON and not _is_json(value):
            raise RefusalError(415, "The content type must be application/json.", "Set the header content-type.")
        if name == b"content-encoding" and value.lower() != b"identity":
            raise RefusalError(415, "Compressed bodies are not read.", "Send the body as it is.")


def _is_json(value: bytes) -> bool:
    media = value.split(b";")[0].strip().lower()
    return media == JSON or (media.startswith(b"application/") and media.endswith(b"+json"))


async def read_body(receive: Receive) -> bytes:
    """Return the whole body.

    Raises:
        RefusalError: 413, after the rest was read and thrown away.
        GoneError: The client went away.
    """
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body") and len(message["body"]) <= MOST_BYTES:
        return message["body"]
    chunks: list[bytes] = []
    size = 0
    while message["type"] == "http.request":
        chunk = message.get("body", b"")
        size += len(chunk)
        chunks.append(chunk)
        if size > MOST_BYTES:
            chunks.clear()
        if not message.get("more_body") or size > _MOST_DRAINED:
            break
        message = await receive()
    else:
        raise GoneError
    if size > MOST_BYTES:
        raise RefusalError(
            413,
            f"The body has more than {MOST_BYTES:,} bytes.",
            "Send fewer rows in each request.",
            headers=[(b"connection", b"close")],
        )
    return b"".join(chunks)


def encode(document: object) -> bytes:
    """Write a document as JSON."""
    return _ENCODE(document)


async def send_answer(  # noqa: PLR0913 - the parts of an answer
    send: Send, status: int, body: bytes, number: bytes, media: bytes = JSON, more: Iterable[Header] = ()
) -> None:
    """Send a complete answer; `number` is the request's id."""
    headers = [
        (b"content-type", media),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", number),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_refusal(send: Send, refusal: RefusalError, number: bytes) -> None:
    """Send why there is no other answer."""
    document = {"detail": refusal.detail} | ({"hint": refusal.hint} if refusal.hint else {})
    await send_answer(send, refusal.status, encode(document), number, more=refusal.headers)
