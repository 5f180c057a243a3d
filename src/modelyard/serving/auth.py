"""Who may ask: nobody is asked, a token that is shared, or a signed token of an identity provider."""

import hmac
import os
from collections.abc import Mapping
from typing import Protocol

from modelyard.config.serving import Serving
from modelyard.errors import RequestError
from modelyard.serving.problems import RefusalError

TOKEN = "MODELYARD_TOKEN"  # noqa: S105 - the name of a variable
METRICS_TOKEN = "MODELYARD_METRICS_TOKEN"  # noqa: S105 - likewise

Headers = Mapping[bytes, bytes]


class Auth(Protocol):
    """Decides by the headers of a request.

    Attributes:
        scheme: What OpenAPI calls it; empty when nobody is asked.
    """

    scheme: str

    def refusal(self, headers: Headers) -> RefusalError | None:
        """Return why a request is not answered."""
        ...


class NoAuth:
    """Everybody may ask."""

    scheme = ""

    def refusal(self, headers: Headers) -> RefusalError | None:  # noqa: ARG002 - as Auth
        """Refuse nothing."""
        return None


class TokenAuth:
    """Who knows the token may ask."""

    scheme = "token"

    def __init__(self, token: str) -> None:
        self._token = token.encode(errors="surrogateescape")

    def refusal(self, headers: Headers) -> RefusalError | None:
        """Refuse what bears another token; the comparison takes the same time whatever is wrong."""
        given = bearer(headers)
        if given is None:
            return unauthorized("There is no bearer token.")
        return (
            None
            if hmac.compare_digest(given, self._token)
            else unauthorized("The token is not valid.", "invalid_token")
        )


def bearer(headers: Headers) -> bytes | None:
    """Return the credential of an `authorization: Bearer` header."""
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    return given.strip() if scheme.lower() == b"bearer" and given.strip() else None


def unauthorized(detail: str, error: str = "") -> RefusalError:
    """Return the 401; RFC 6750 wants `error` where a credential was given and is wrong."""
    challenge = 'Bearer realm="modelyard"' + (f', error="{error}"' if error else "")
    hint = "Send the header authorization: Bearer TOKEN."
    return RefusalError(401, detail, hint, headers=[(b"www-authenticate", challenge.encode())])


def auth(config: Serving) -> Auth:
    """Return who decides, as the configuration says.

    Raises:
        RequestError: The token or the keys are not there, or cannot be read.
    """
    if config.auth == "none":
        return NoAuth()
    if config.auth == "token":
        token = os.environ.get(TOKEN, "").strip()
        if not token:
            raise RequestError(f"serving.auth is token, but {TOKEN} is not set.", f"Set {TOKEN} in the environment.")
        return TokenAuth(token)
    from modelyard.serving.jwt import JwtAuth

    return JwtAuth(config.jwt)


def of_metrics() -> Auth | None:
    """Return who else may read /metrics, and nothing but that: who collects numbers needs no right to ask models."""
    token = os.environ.get(METRICS_TOKEN, "").strip()
    return TokenAuth(token) if token else None
