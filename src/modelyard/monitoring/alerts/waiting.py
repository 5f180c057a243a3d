"""How long another side wants to be left alone: `Retry-After`, and GitHub's own headers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def is_limited(headers: Mapping[str, str]) -> bool:
    """Say whether a 403 is GitHub's way of saying 429."""
    return "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"


def asked_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the other side wants to be left alone for."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    moment = _moment(text) or _reset(headers.get("x-ratelimit-reset", ""))
    if moment is None or (not text and headers.get("x-ratelimit-remaining") != "0"):
        return None
    now = _moment(headers.get("date", "")) or datetime.now(UTC)  # on the other side's own clock
    return max(0.0, (moment - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _reset(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text.isdecimal() and len(text) < 12 else None
