"""One HTTP request with time-outs, retries and a deadline; nothing secret reaches a reason.

URLs hold secrets, and so do the texts of Python's own exceptions, so reasons are made here and never quoted.
"""

import http.client
import json
import random
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from modelyard.monitoring.alerts import waiting

Value = TypeVar("Value")
_MOST_BYTES = 2**20
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_LONGEST_PAUSE_S = 20.0


class UnsentError(Exception):
    """A message was not delivered; `reason` is safe to show.

    `unclear` says that the other side may have acted all the same: the answer, not the request, was lost.
    """

    def __init__(self, reason: str, *, again: bool = False, unclear: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.unclear = unclear


@dataclass(frozen=True)
class Answer:
    """A response that says yes."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - whatever the other side says
        """Return the parsed body; None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Request:
    """What is asked."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Patience:
    """How long one message may take: attempts, seconds of each, and a moment after which none begins."""

    attempts: int = 4
    timeout_s: float = 10.0
    pause_s: float = 0.5  # the mean of the first pause is half of it; it doubles
    until: float = field(default_factory=lambda: time.monotonic() + 60.0)  # on the monotonic clock

    def wait(self, number: int, asked_s: float | None) -> bool:
        """Sleep before attempt `number + 1`, with jitter; False when there is no time left for it.

        `asked_s` is what the other side asked for: the pause is never shorter.
        """
        if number >= self.attempts:
            return False
        pause = random.uniform(0, min(self.pause_s * 2 ** (number - 1), _LONGEST_PAUSE_S))  # noqa: S311
        pause = max(pause, asked_s or 0.0)
        if time.monotonic() + pause > self.until:
            return False
        time.sleep(pause)
        return True


class RefusedError(UnsentError):
    """A response that says no."""

    def __init__(self, answer: Answer) -> None:
        limited = answer.status == 403 and waiting.is_limited(answer.headers)
        again = answer.status in _BUSY or limited
        super().__init__(f"HTTP {answer.status}", again=again, unclear=answer.status in {500, 502, 504})
        self.answer = answer
        self.asked_s = waiting.asked_s(answer.headers) if again else None


def ask(request: Request, patience: Patience) -> Answer:
    """Ask until there is a 2xx answer.

    Raises:
        UnsentError: There was none in time, or one that another attempt would not change (3xx, most of 4xx).
    """
    return repeat(lambda _: once(request, patience.timeout_s), patience)


def repeat(call: Callable[[int], Value], patience: Patience) -> Value:
    """Call with the number of the attempt, from 1, until it succeeds.

    Raises:
        UnsentError: It did not in time, or failed for what another attempt would not change.
    """
    number = 0
    while True:
        number += 1
        try:
            return call(number)
        except UnsentError as error:
            asked = error.asked_s if isinstance(error, RefusedError) else None
            if not error.again or not patience.wait(number, asked):
                raise _told(error, number, asked) from None


def once(request: Request, timeout_s: float) -> Answer:
    """Ask once.

    Raises:
        UnsentError: There was no answer, or one that is not 2xx.
    """
    answer = _exchanged(request, timeout_s)
    if 200 <= answer.status < 300:
        return answer
    raise RefusedError(answer)


def refusal(error: UnsentError) -> Answer | None:
    """Return the answer that said no, where there was one."""
    return error.answer if isinstance(error, RefusedError) else None


def _told(error: UnsentError, number: int, asked: float | None) -> UnsentError:
    """Add to the reason how often it was tried, or how long the other side wants to be left alone."""
    if asked is not None and asked > _LONGEST_PAUSE_S:
        error.reason += f", and asks to wait {asked:.0f} s"
    elif number > 1:
        error.reason += f" (tried {number} times)"
    return error


def _exchanged(request: Request, timeout_s: float) -> Answer:
    if not request.url.startswith(("http://", "https://")):
        raise UnsentError("its URL begins with neither https:// nor http://")
    try:
        built = urllib.request.Request(  # noqa: S310 - the scheme was checked
            request.url, request.body, dict(request.headers), method=request.method
        )
        with _opener().open(built, timeout=timeout_s) as response:
            body = response.read(_MOST_BYTES)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, body)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreached(error, timeout_s) from None


def _opener() -> urllib.request.OpenerDirector:
    """Follow no redirect: it would carry the credentials to another host, and turn a POST into a GET."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler()):
        opener.add_handler(handler)
    return opener


def _unreached(error: Exception, timeout_s: float) -> UnsentError:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    for kinds, reason, again, unclear in _CAUSES:
        if isinstance(cause, kinds):
            return UnsentError(reason.format(timeout_s), again=again, unclear=unclear)
    return UnsentError("its URL or its credential is malformed")


_CAUSES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, bool, bool], ...] = (
    # the first that fits: exceptions, reason, whether another attempt may help, whether it may have arrived
    (http.client.InvalidURL, "its URL is malformed", False, False),
    (ssl.SSLCertVerificationError, "its certificate is not trusted", False, False),
    (TimeoutError, "no answer within {:g} s", True, True),
    (socket.gaierror, "its host is not known", True, False),
    (ConnectionRefusedError, "the connection is refused", True, False),
    ((ConnectionError, http.client.IncompleteRead, http.client.BadStatusLine), "the connection was closed", True, True),
    (OSError, "no connection", True, True),
    (http.client.HTTPException, "its answer is no HTTP", False, True),
)
