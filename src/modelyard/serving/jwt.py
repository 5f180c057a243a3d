"""Checks signed tokens (RFC 7519) against the keys in a file, which is read again when it changes."""

import os
import time
from pathlib import Path
from typing import Any

from modelyard.config.serving import Jwt
from modelyard.errors import RequestError
from modelyard.serving.auth import Headers, bearer, unauthorized
from modelyard.serving.problems import RefusalError

_ALGORITHMS = {
    "RSA": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    "EC": ["ES256", "ES384", "ES512"],
    "OKP": ["EdDSA", "Ed25519"],
    "oct": ["HS256", "HS384", "HS512"],
}
_LEEWAY_S = 30
_LOOK_S = 10.0  # between looks at the file
_MOST_KNOWN = 10_000
_LONGEST = 16_384


class JwtAuth:
    """Who bears a token that one of the keys signed, and that is not expired, may ask."""

    scheme = "jwt"

    def __init__(self, config: Jwt) -> None:
        """Read the keys.

        Raises:
            RequestError: The library, the variable or the file is not there, or the file holds no key.
        """
        try:
            import joserfc.jwt
        except ModuleNotFoundError as error:
            raise RequestError(
                "serving.auth is jwt, which needs joserfc, which is not installed.",
                "Install the extra: pip install 'modelyard[serve]'.",
                code="missing_extra",
            ) from error
        self._jwt: Any = joserfc.jwt
        self._config = config
        self._path = _path(config)
        self._stamp = self._stamped()
        self._keys = _keys(self._path)
        self._looked = time.monotonic()
        self._known: dict[bytes, float] = {}  # token -> when it expires; a signature costs as much as a prediction
        required: dict[str, Any] = {"exp": {"essential": True}}
        if config.issuer is not None:
            required["iss"] = {"essential": True, "value": config.issuer}
        if config.audience is not None:
            required["aud"] = {"essential": True, "value": config.audience}
        self._claims: Any = self._jwt.JWTClaimsRegistry(leeway=_LEEWAY_S, **required)

    def refusal(self, headers: Headers) -> RefusalError | None:
        """Refuse what bears no valid token."""
        given = bearer(headers)
        if given is None:
            return unauthorized("There is no bearer token.")
        self._look()
        if self._known.get(given, 0.0) > time.time():
            return None
        expires = self._checked(given)
        if expires is None:
            return unauthorized("The token is not valid.", "invalid_token")
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[given] = expires
        return None

    def _checked(self, given: bytes) -> float | None:
        """Return when a valid token expires."""
        if len(given) > _LONGEST:
            return None
        try:
            token = self._jwt.decode(given, self._keys, algorithms=_algorithms(self._keys))
            self._claims.validate(token.claims)
            return float(token.claims["exp"]) + _LEEWAY_S
        except Exception:  # the library's own errors, and those of its parts: none of them is a valid token
            return None

    def _look(self) -> None:
        """Read the keys again where the file has changed; where it cannot be read, the old ones hold."""
        now = time.monotonic()
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        stamp = self._stamped()
        if stamp is None or stamp == self._stamp:
            return
        try:
            self._keys = _keys(self._path)
        except RequestError:
            return
        self._stamp = stamp
        self._known.clear()

    def _stamped(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def _path(config: Jwt) -> Path:
    named = os.environ.get(config.keys, "").strip()
    if not named:
        raise RequestError(
            f"serving.auth is jwt, but {config.keys} is not set.",
            f"Set {config.keys} to the path of a JWKS or PEM file.",
        )
    return Path(named)


def _keys(path: Path) -> Any:  # noqa: ANN401 - joserfc is imported where it is used
    """Return the key set of a JWKS file, or of a PEM file with one public key."""
    from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

    try:
        data = path.read_bytes()
        if data.lstrip().startswith(b"{"):
            import json

            document = json.loads(data)
            return KeySet.import_key_set(document if "keys" in document else {"keys": [document]})
    except OSError as error:
        raise RequestError(
            f"{path} cannot be read: {error.strerror}.", "Give the path of a JWKS file, or of a PEM file."
        ) from error
    except Exception as error:
        raise _unreadable(path) from error
    for kind in (RSAKey, ECKey, OKPKey):
        try:
            return KeySet([kind.import_key(data)])
        except Exception:  # noqa: S112 - of another kind
            continue
    raise _unreadable(path)


def _unreadable(path: Path) -> RequestError:
    return RequestError(f"{path} holds no public key.", "Give a JWKS file, or a PEM file with one public key.")


def _algorithms(keys: Any) -> list[str]:  # noqa: ANN401
    """Return what may sign: never more than the kinds of the keys allow, so that no public key becomes a secret."""
    return [name for kind in {key.key_type for key in keys.keys} for name in _ALGORITHMS.get(kind, [])]
