"""Downloads a table from another machine into a temporary file; credentials never reach a message."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from modelyard.data.load.bucket import from_s3
from modelyard.data.load.web import from_web
from modelyard.errors import RequestError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


def is_remote(source: str) -> bool:
    """Say whether `source` is a URI of another machine."""
    scheme = _SCHEME.match(source)
    return scheme is not None and scheme[1].lower() != "file"


def shown(source: str) -> str:
    """Return the URI without user, password, query and fragment, any of which may be a credential.

    Raises:
        RequestError: It is malformed.
    """
    try:
        parts = urlsplit(source)
        _ = parts.port
    except ValueError:
        raise RequestError("The URI of the table is malformed.", "Check its brackets and port.") from None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def download(source: str) -> list[Path]:
    """Fetch the file, or for S3 each file that matches a glob.

    Raises:
        RequestError: The scheme is unknown, or the other side says no.
        OutsideError: The network failed.
    """
    name = shown(source)
    scheme = urlsplit(source).scheme.lower()
    if scheme == "s3":
        return from_s3(source, name)
    if scheme in {"http", "https"}:
        return [from_web(source, name)]
    raise RequestError(
        f"{name} has the scheme {scheme!r}, which is not supported.",
        "Use a path, s3://, https://, sqlite:, postgresql://, demo:flights or sklearn:NAME.",
        code="unknown_scheme",
    )
