"""Asks one service over connections that are kept: no redirects, one time limit for the whole of an answer."""

import http.client
import itertools
import json
import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Self
from urllib.parse import urlsplit

from modelyard.smoke.wire import Response, connected, left, whole

_BOOT = os.urandom(4).hex()
_NUMBERS = itertools.count(1)
_JSON = "application/json"


class UnansweredError(Exception):
    """No answer came; the message is why. `tls`: because the other side did not prove who it is."""

    def __init__(self, reason: str, *, tls: bool = False) -> None:
        super().__init__(reason)
        self.tls = tls


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    media: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the document; None where the body is none."""
        return self._document[0] if self._document else None

    def words(self) -> str:
        """Return status and kind, for a message."""
        broken = self.media == _JSON and self._document is None
        return f"{self.status} {_shown(self.media) or 'without a content type'}{', but no JSON' if broken else ''}"

    @cached_property
    def _document(self) -> tuple[Any] | None:
        """What the body says, once it was read: NaN and Infinity are no JSON, and many a client stops at them."""
        if self.media != _JSON:
            return None
        try:
            return (json.loads(self.body, parse_constant=_refuse),)
        except (ValueError, RecursionError):
            return None


@dataclass
class Client:
    """One connection at a time to one service.

    Attributes:
        token: Sent as bearer; empty sends none.
    """

    url: str
    timeout_s: float = 10.0
    token: str = field(default="", repr=False)
    _kept: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._kept is not None:
            self._kept.close()
        self._kept = None

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path)

    def post(self, path: str, document: Any) -> Answer:  # noqa: ANN401 - JSON
        """Send a document."""
        return self.ask("POST", path, json.dumps(document).encode())

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send one request, again on a fresh connection where a kept one turns out to be closed.

        Raises:
            UnansweredError: No whole answer in time.
        """
        deadline = time.monotonic() + self.timeout_s
        kept = self._kept is not None
        try:
            return self._ask(method, path, body, deadline)
        except _CLOSED as error:
            self.close()
            if not kept:
                raise _unanswered(error, self.timeout_s) from error
        except _FAILED as error:
            self.close()
            raise _unanswered(error, self.timeout_s) from error
        return self._once(method, path, body, deadline)

    def _once(self, method: str, path: str, body: bytes | None, deadline: float) -> Answer:
        try:
            return self._ask(method, path, body, deadline)
        except _FAILED as error:
            self.close()
            raise _unanswered(error, self.timeout_s) from error

    def _ask(self, method: str, path: str, body: bytes | None, deadline: float) -> Answer:
        connection = self._connection(deadline)
        target = urlsplit(self.url).path + path
        connection.request(method, target, body=body, headers=self._headers(body))
        with connection.getresponse() as response:
            found = whole(response)
        if response.will_close:
            self.close()
        return Answer(response.status, _media(response), {k.lower(): v for k, v in response.getheaders()}, found)

    def _headers(self, body: bytes | None) -> dict[str, str]:
        known = {"accept": "application/json", "x-request-id": f"smoke-{_BOOT}-{next(_NUMBERS)}"}
        known |= {"content-type": "application/json"} if body is not None else {}
        return known | ({"authorization": f"Bearer {self.token}"} if self.token else {})

    def _connection(self, deadline: float) -> http.client.HTTPConnection:
        if self._kept is None:
            self._kept = connected(self.url, left(deadline))
        found = self._kept
        found.sock.settimeout(left(deadline))
        made = partial(Response, deadline=deadline)
        found.response_class = made  # ty: ignore[invalid-assignment] - whatever makes a response will do
        return found


_CLOSED = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)  # RemoteDisconnected is one of them
_FAILED = (OSError, http.client.HTTPException, ValueError)


def _media(response: http.client.HTTPResponse) -> str:
    return (response.getheader("content-type") or "").split(";")[0].strip().lower()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _shown(text: str) -> str:
    """Return what somebody else wrote on one line, without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text).strip()[:120]


def _unanswered(error: Exception, timeout_s: float) -> UnansweredError:
    if isinstance(error, _CLOSED):
        return UnansweredError("the connection was closed before an answer came")
    if isinstance(error, TimeoutError):
        return UnansweredError(f"no whole answer in {timeout_s:g} s")
    if isinstance(error, ssl.SSLCertVerificationError):
        return UnansweredError(f"its certificate is not valid: {error.verify_message}", tls=True)
    if isinstance(error, ssl.SSLError):
        return UnansweredError(f"TLS failed: {error.reason or error}", tls=True)
    if isinstance(error, http.client.HTTPException):
        return UnansweredError(f"what it says is no HTTP ({_shown(str(error)) or type(error).__name__})")
    return UnansweredError(_shown(str(getattr(error, "strerror", None) or error)) or type(error).__name__)
