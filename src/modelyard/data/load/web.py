"""Downloads a file over http(s): whole or not at all, with the password of the address kept to its host."""

import base64
import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from modelyard.data.load.spool import write
from modelyard.errors import OutsideError, RequestError

_TIMEOUT_S = 30
_BLOCK = 1 << 20
_BUSY = {408, 425, 429}


def from_web(source: str, name: str) -> Path:
    """Download `source`, which messages call `name`.

    Raises:
        RequestError: The server refuses the address or the credentials.
        OutsideError: The network or the server failed.
    """
    try:
        with urllib.request.urlopen(_request(source), timeout=_TIMEOUT_S) as answer:  # noqa: S310 - http(s) only
            path = write(_blocks(answer), Path(urlsplit(name).path).suffix)
            length = answer.headers.get("Content-Length", "")
    except urllib.error.HTTPError as error:
        raise _refused(name, error.code) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _failed(name, error) from None  # its text may repeat the address with its password
    size = path.stat().st_size
    if length.isdigit() and size != int(length):
        raise OutsideError(f"{name} broke off after {size} of {length} bytes.", "Try again.", code="download_failed")
    if not size:
        raise RequestError(f"{name} is empty (0 bytes).", "Check the address.", code="empty_file")
    return path


def _request(source: str) -> urllib.request.Request:
    parts = urlsplit(source)
    host = parts.netloc.rpartition("@")[2]
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    request = urllib.request.Request(urlunsplit((parts.scheme, host, path, query, "")))  # noqa: S310
    request.add_header("User-Agent", "modelyard")
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        # unredirected: another host that the answer points at must not see it
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")
    return request


def _blocks(answer: IO[bytes]) -> Iterator[bytes]:
    while block := answer.read(_BLOCK):
        yield block


def _refused(name: str, status: int) -> RequestError | OutsideError:
    if status in _BUSY or status >= 500:
        return OutsideError(f"{name} answered {status}.", "Try again later.", code="download_failed")
    hint = "Check the credentials." if status in {401, 403} else "Check the address."
    return RequestError(f"{name} answered {status}.", hint, code="no_data")


def _failed(name: str, error: Exception) -> OutsideError:
    reason = getattr(error, "reason", error)
    told = (reason.strerror or str(reason)) if isinstance(reason, OSError) else type(reason).__name__
    return OutsideError(
        f"{name} could not be downloaded: {told}.",
        "Check the network, then try again.",
        code="download_failed",
    )
