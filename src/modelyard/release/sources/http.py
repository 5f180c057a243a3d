"""Fetches one small page, within a time limit, from the address that was named and no other."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPMessage
from typing import IO

from modelyard.errors import OutsideError, RequestError

_LARGEST = 64 * 2**20
_PIECE = 2**16
_OK = 200
_REFUSED = (401, 403)
_WHETHER = "See whether it runs, and can be reached from here."
_WHO = "See whether a credential is there, has not expired, and may read this."


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a credential is for one address."""

    def redirect_request(  # noqa: PLR0913 - as in the standard library
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Refuse; the redirect is then an error like any other status."""


def get(url: str, *, timeout_s: float, token: str = "", headers: Mapping[str, str] | None = None) -> bytes:
    """Return the body of an answer with status 200; `headers` go with the question, `token` as one of them.

    Raises:
        RequestError: The address is none.
        OutsideError: No answer in time, another status, or more than 64 MiB.
    """
    if not url.startswith(("http://", "https://")):
        raise RequestError(f"{url!r} is no address.", "Name it as http://HOST:PORT.", code="bad_address")
    if "@" in url.partition("://")[2].partition("/")[0]:  # urllib would take it for a part of the host, and we quote it
        raise RequestError(
            "An address of metrics has a user or a password in it.",
            "Name it as http://HOST:PORT; a bearer token goes into MODELYARD_TOKEN.",
            code="bad_address",
        )
    sent = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        request = urllib.request.Request(url, headers=sent)  # noqa: S310 - checked above
        with urllib.request.build_opener(_Stay).open(request, timeout=timeout_s) as answer:
            return _body(answer, url, time.monotonic() + timeout_s)
    except urllib.error.HTTPError as error:
        with error:
            hint = _WHO if error.code in _REFUSED else _WHETHER
            raise _failed(url, f"answered {error.code}", hint) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise _failed(url, f"did not answer ({reason or type(error).__name__})") from error
    except ValueError as error:
        raise RequestError(f"{url!r} is no address: {error}", "Name it as http://HOST:PORT.") from error


def _body(answer: http.client.HTTPResponse, url: str, deadline: float) -> bytes:
    if answer.status != _OK:
        raise _failed(url, f"answered {answer.status}")
    data = b""
    while piece := answer.read1(_PIECE):
        data += piece
        if time.monotonic() > deadline:
            raise _failed(url, "did not finish its answer in time")
        if len(data) > _LARGEST:
            raise _failed(url, "answered with more than 64 MiB")
    if answer.length:  # what is cut off would look like counters that fell
        raise _failed(url, "broke off its answer")
    return data


def _failed(url: str, what: str, hint: str = _WHETHER) -> OutsideError:
    return OutsideError(f"{url} {what}.", hint, code="no_metrics")
