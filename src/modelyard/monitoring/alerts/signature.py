"""Signs requests to AWS: Signature Version 4, with the standard library alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import urlsplit

from modelyard.monitoring.alerts.credentials import Credentials
from modelyard.monitoring.alerts.http import Request

_ALGORITHM = "AWS4-HMAC-SHA256"


def signed(
    request: Request, service: str, region: str, credentials: Credentials, now: datetime | None = None
) -> Request:
    """Return the request with its signature; its URL has no query, and its path is plain ASCII."""
    moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    parts = urlsplit(request.url)
    headers = {**request.headers, "host": parts.netloc, "x-amz-date": moment}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers))
    body_hash = hashlib.sha256(request.body or b"").hexdigest()
    canonical = "\n".join((request.method, parts.path or "/", "", lines, names, body_hash))
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    signature = _keyed(_key(credentials.secret, moment[:8], region, service), to_sign).hex()
    value = f"{_ALGORITHM} Credential={credentials.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return Request(request.method, request.url, headers | {"authorization": value}, request.body)


def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = _keyed(key, part)
    return key


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
