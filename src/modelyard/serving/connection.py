"""HTTP/1.1 for one client: bytes in, requests to the application, answers out in their order.

A server framework would take longer than the model does; httptools parses, uvloop carries, and this is the rest.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

import httptools

from modelyard.serving.heads import answering, path, without_upgrade
from modelyard.serving.problems import RefusalError
from modelyard.serving.reply import MOST_BYTES, Later, Reply, Request, refused, request_id

Respond = Callable[[Request], Reply | Awaitable[Reply]]

_MOST_HEAD = 65_536
_MOST_DRAINED = 100_000_000  # a client that is still sending would not see the answer
_MOST_WAITING = 64  # requests that came before the last one was answered
REQUEST_S, IDLE_S = 60.0, 75.0  # IDLE_S: longer than a load balancer keeps a connection (60 s)


_NO_HTTP = RefusalError(400, "This is not HTTP.")
_LARGE_HEAD = RefusalError(431, f"The headers have more than {_MOST_HEAD:,} bytes.")


class Clients:
    """The connections of a server, and what they share."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.all: set[Connection] = set()
        self.ending = False
        self.date = b""
        self.tick()

    def tick(self) -> None:
        """Write the date anew, and part with clients that are too slow; called every second."""
        self.date = f"date: {formatdate(usegmt=True)}\r\n".encode()
        now = time.monotonic()
        for client in [client for client in self.all if client.late(now)]:
            client.give_up()

    def connect(self) -> "Connection":
        """Return the protocol of a new connection."""
        return Connection(self)

    async def end(self, timeout_s: float) -> None:
        """Answer what was asked, and close every connection."""
        self.ending = True
        deadline = time.monotonic() + timeout_s
        await asyncio.sleep(0.05)  # what lies in the sockets is read first
        while self.all and time.monotonic() < deadline:
            for client in [client for client in self.all if not client.busy]:
                client.close()
            await asyncio.sleep(0.02)
        for client in list(self.all):
            client.give_up()


class Connection(asyncio.Protocol):
    """One client; httptools calls the methods that begin with `on_`."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._task: asyncio.Task | Later | None = None  # the answer that is being worked out
        self._since = time.monotonic()  # when the present request, or the pause before it, began
        self._fruitless = 0  # bytes since something was complete: unending headers, trailers, names of chunks
        self._fruitful = self._long = False
        self._reading = False  # between a request's first byte and its last
        self._full = False  # the client does not read its answers
        self._held = False  # it is not read, since too many of its requests wait
        self._ended = False  # the client sends no more, and may wait for its answers all the same
        self._closing = False
        self._broken = False  # what came was not HTTP
        self._last: Reply | None = None  # says so, once those before it are answered
        self.on_message_begin()
        self._reading = False

    @property
    def busy(self) -> bool:
        """Say whether a request is being read or answered."""
        return self._reading or self._task is not None or bool(self._waiting)

    def late(self, now: float) -> bool:
        """Say whether the client takes too long."""
        if self._task is not None and not self._full:
            return False
        return now - self._since > (REQUEST_S if self._reading or self._full else IDLE_S)

    def close(self) -> None:
        """Close once all answers are sent."""
        self._closing = True
        self._transport.close()

    def give_up(self) -> None:
        """Close now."""
        self._closing = True
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: Any = transport  # uvloop's is an asyncio.Transport in all but name
        self._clients.all.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whoever went
        """End."""
        self._closing = True
        self._clients.all.discard(self)
        self._waiting.clear()

    def pause_writing(self) -> None:
        """Read no more requests while answers pile up."""
        self._full = True
        self._since = time.monotonic()
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Read again."""
        self._full = False
        self._since = time.monotonic()
        self._read_on()

    def eof_received(self) -> bool:
        """Stay until what was asked is answered."""
        self._ended = True
        return self._task is not None or bool(self._waiting)

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        if self._closing or self._broken:
            return
        self._fruitful = False
        self._long = len(data) > _MOST_HEAD
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as stopped:
            self._go_on(memoryview(data)[stopped.args[0] :])
        except httptools.HttpParserError:
            self._fail(_NO_HTTP)
        else:
            self._fruitless = 0 if self._fruitful else self._fruitless + len(data)
            if self._fruitless > _MOST_HEAD:
                self._fail(_LARGE_HEAD)

    def _go_on(self, left: memoryview) -> None:
        """Parse the rest: the parser stops where another protocol is offered."""
        while not self._broken:
            head = without_upgrade(self._parser.get_method(), self._url, self._parser.get_http_version(), self._headers)
            self._parser = httptools.HttpRequestParser(self)
            try:
                self._parser.feed_data(head)
                self._parser.feed_data(left)
            except httptools.HttpParserUpgrade as stopped:
                left = left[stopped.args[0] :]
            except httptools.HttpParserError:
                self._fail(_NO_HTTP)
            else:
                return

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []
        self._size = 0
        self._headed = False
        self._reading = True
        self._since = time.monotonic()

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; of those that follow a body, nothing."""
        if not self._headed:
            self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Let a client that asks first send its body, or say that it is too large."""
        self._headed = self._fruitful = True
        expects = self._headers.get(b"expect", b"").lower() == b"100-continue"
        if expects and self._task is None and not self._parser.should_upgrade():
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; of one that is too large, nothing."""
        self._fruitful = True
        self._size += len(body)
        if self._size <= MOST_BYTES:
            self._chunks.append(body)
        elif self._chunks:
            self._chunks = []
        elif self._size > _MOST_DRAINED:
            self.give_up()

    def on_message_complete(self) -> None:
        """Answer, unless earlier requests still wait for their answers."""
        self._fruitful, self._reading = True, False
        if self._closing or self._broken:
            return
        parser = self._parser
        method = parser.get_method()
        if self._long and len(self._url) + sum(len(n) + len(v) for n, v in self._headers.items()) > _MOST_HEAD:
            self._fail(_LARGE_HEAD)
            return
        if parser.should_upgrade():
            if method == b"CONNECT":
                self._fail(RefusalError(400, "This server is no proxy."))
            return  # else its body is still to come: see `_go_on`
        chunks, large = self._chunks, self._size > MOST_BYTES
        body = b"" if large else chunks[0] if len(chunks) == 1 else b"".join(chunks)
        request = Request(method.decode(), path(self._url), self._headers, body, large)
        keep = parser.should_keep_alive() and not self._clients.ending
        if self._task is not None:
            self._wait(request, keep)
            return
        self._ask(request, keep)

    def _ask(self, request: Request, keep: bool) -> None:
        reply = self._clients.respond(request)
        if isinstance(reply, Reply):
            self._send(reply, request, keep)
        elif isinstance(reply, Later):
            self._task = reply
            reply.then(lambda found: self._answered(found, request, keep))
        else:
            self._task = asyncio.ensure_future(self._later(reply, request, keep))

    def _wait(self, request: Request, keep: bool) -> None:
        self._waiting.append((request, keep))
        if len(self._waiting) == _MOST_WAITING:
            self._held = True
            self._transport.pause_reading()

    async def _later(self, reply: Awaitable[Reply], request: Request, keep: bool) -> None:
        self._answered(await reply, request, keep)

    def _answered(self, reply: Reply, request: Request, keep: bool) -> None:
        """Send an answer that took its time, then turn to the requests that came meanwhile."""
        self._task = None
        self._send(reply, request, keep)
        while self._waiting and self._task is None and not self._closing:
            self._ask(*self._waiting.popleft())
        if self._task is not None:
            return
        if self._last is not None:
            self._send(self._last, Request("", "", {}, b""), keep=False)
        elif self._ended:
            self.close()
        elif self._held and not self._full and not self._closing:
            self._held = False
            self._read_on()

    def _send(self, reply: Reply, request: Request, keep: bool) -> None:
        head = answering(reply, self._clients.date, keep=keep, http_1_0=self._parser.get_http_version() == "1.0")
        if not self._closing:
            self._transport.write(b"%b\r\n%b" % (head, b"" if request.method == "HEAD" else reply.body))
            self._since = time.monotonic()
            if not keep:
                self.close()
        if reply.after is not None:
            reply.after()

    def _read_on(self) -> None:
        if not self._ended:
            self._transport.resume_reading()

    def _fail(self, refusal: RefusalError) -> None:
        """Answer what is no request, after those before it, and close."""
        if self._broken:
            return
        self._reading = False
        self._broken = True
        reply, request = refused(refusal, request_id({})), Request("", "", {}, b"")
        if self._task is None:
            self._send(reply, request, keep=False)
        else:
            self._last = reply
            self._transport.pause_reading()
