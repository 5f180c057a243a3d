"""Heads of HTTP/1.1: a request's path, a request without its offer of another protocol, and that of an answer."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

import httptools

from modelyard.serving.reply import Reply

_LINES = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n".encode() for s in HTTPStatus}
_OFFERS = {b"upgrade", b"http2-settings"}


def path(url: bytes) -> str:
    """Return the path of a target, decoded."""
    found = url.partition(b"?")[0]
    if found[:1] != b"/":  # absolute form, as proxies send it
        try:
            found = httptools.parse_url(found).path or b"/"
        except httptools.HttpParserInvalidURLError:
            return ""
    return found.decode("latin-1") if b"%" not in found else unquote_to_bytes(found).decode("utf-8", errors="replace")


def without_upgrade(method: bytes, url: bytes, version: str, headers: Mapping[bytes, bytes]) -> bytes:
    """Return the head of a request as if it offered no other protocol.

    A server may ignore such an offer (RFC 9110, 7.8), which Java's client and `curl --http2` make in every request
    without TLS; the parser would stop there.
    """
    kept = {name: value for name, value in headers.items() if name not in _OFFERS and name != b"connection"}
    wanted = [each.strip() for each in headers.get(b"connection", b"").split(b",")]
    stays = b", ".join(each for each in wanted if each.lower() not in _OFFERS)
    kept |= {b"connection": stays} if stays else {}
    lines = [b"%b: %b\r\n" % header for header in kept.items()]
    return b"%b %b HTTP/%b\r\n%b\r\n" % (method, url, version.encode(), b"".join(lines))


def answering(reply: Reply, date: bytes, *, keep: bool, http_1_0: bool) -> bytes:
    """Return the head of an answer, but for its last line end; `keep` says that the connection stays."""
    head = b"%b%bcontent-type: %b\r\ncontent-length: %d\r\nx-request-id: %b\r\n" % (
        _LINES[reply.status],
        date,
        reply.media,
        len(reply.body),
        reply.number,
    )
    if reply.more:
        head += b"".join([b"%b: %b\r\n" % header for header in reply.more])
    if not keep:
        head += b"connection: close\r\n"
    elif http_1_0:
        head += b"connection: keep-alive\r\n"
    return head
