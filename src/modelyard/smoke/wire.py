"""The wire below a client: a connection, and answers of which every byte must come before one deadline."""

import http.client
import io
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

_MOST_BYTES = 16 * 2**20
_PIECE = 2**16


class Response(http.client.HTTPResponse):
    """A response whose every byte must come before one deadline, however slowly they drip."""

    def __init__(self, sock: socket.socket, *rest: Any, deadline: float, **more: Any) -> None:  # noqa: ANN401 - as http.client
        super().__init__(sock, *rest, **more)
        self.fp = io.BufferedReader(_Timed(sock, self.fp, deadline))


class _Timed(io.RawIOBase):
    def __init__(self, sock: socket.socket, held: Any, deadline: float) -> None:  # noqa: ANN401 - a file of the socket
        self._sock, self._held, self._deadline = sock, held, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as RawIOBase
        self._sock.settimeout(left(self._deadline))
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        self._held.close()  # the socket lives as long as a file of it
        super().close()


def connected(url: str, timeout_s: float) -> http.client.HTTPConnection:
    """Return an open connection to the host of an address; the name in its certificate is checked."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        context = ssl.create_default_context()
        made: http.client.HTTPConnection = http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)
    else:
        made = http.client.HTTPConnection(host, port, timeout=timeout_s)
    made.connect()
    made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def left(deadline: float) -> float:
    """Return the seconds until a moment of the monotonic clock.

    Raises:
        TimeoutError: It is past.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def whole(response: http.client.HTTPResponse) -> bytes:
    """Return the body.

    Raises:
        ValueError: It is larger than 16 MiB.
    """
    data = b""
    while piece := response.read(_PIECE):
        data += piece
        if len(data) > _MOST_BYTES:
            raise ValueError("it is larger than 16 MiB")
    return data
