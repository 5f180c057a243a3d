"""Carries requests of any ASGI server to the application; `modelyard serve` itself uses `connection`."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from modelyard.serving.reply import MOST_BYTES, Reply, Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_MOST_DRAINED = 100_000_000  # a client that is still sending would not see the answer


class GoneError(Exception):
    """The client went away before its request was complete."""


async def read(scope: Scope, receive: Receive) -> Request:
    """Return the whole request; of a large body, that it is one.

    Raises:
        GoneError: The client went away.
    """
    chunks: list[bytes] = []
    size, more = 0, True
    while more and size <= _MOST_DRAINED:
        message = await receive()
        if message["type"] != "http.request":
            raise GoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MOST_BYTES:
            chunks.append(chunk)
        more = message.get("more_body", False)
    large = size > MOST_BYTES
    body = b"" if large else b"".join(chunks)
    return Request(scope["method"], scope["path"], dict(scope["headers"]), body, too_large=large)


async def send_reply(send: Send, reply: Reply, *, head: bool) -> None:
    """Send a complete answer; to HEAD without its body."""
    headers = [
        (b"content-type", reply.media),
        (b"content-length", b"%d" % len(reply.body)),
        (b"x-request-id", reply.number),
        *reply.more,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else reply.body})
    if reply.after is not None:
        reply.after()
