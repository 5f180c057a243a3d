"""GitHub's rate limits: how long one lasts, and whether that is waited for.

Primary limits end at `x-ratelimit-reset`; secondary ones after `retry-after`, else after a minute at least
(docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from modelyard.github import failures

_MINUTE_S = 60.0
SHORT_S = 0.5
_WORDS = ("rate limit", "abuse detection")


def wait_of(status: int, data: object, headers: Mapping[str, Any]) -> float | None:
    """Return the seconds until a refused request may be repeated; None when no limit refused it."""
    if status not in {403, 429}:
        return None
    after = str(headers.get("retry-after", "")).strip()
    if after.isdecimal():
        return float(after)
    reset = str(headers.get("x-ratelimit-reset", "")).strip()
    if str(headers.get("x-ratelimit-remaining", "")).strip() == "0" and reset.isdecimal():
        return max(0.0, float(reset) - time.time()) + 1.0  # in which moment of that second is not said
    said = failures.sentence(data).lower()
    return _MINUTE_S if status == 429 or any(words in said for words in _WORDS) else None


class Waits:
    """What one request has waited so far, against what it may."""

    def __init__(self, patience_s: float, note: Callable[[str], object], sleep: Callable[[float], object]) -> None:
        self._left, self._note, self._sleep = patience_s, note, sleep

    def limit(self, seconds: float) -> bool:
        """Wait out a rate limit.

        Raises:
            OutsideError: It is further away than there is patience; it names the time.
        """
        if seconds > self._left:
            raise failures.limited(seconds)
        self._left -= max(seconds, 1.0)  # a server that says "now" again and again ends too
        self._note(f"GitHub's rate limit is reached: waiting {seconds:.0f} s.")
        self._sleep(seconds)
        return True

    def short(self) -> bool:
        """Wait a moment before what failed on the way is repeated."""
        self._sleep(SHORT_S)
        return True
