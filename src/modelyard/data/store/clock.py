"""The clock of a bucket: the `Date` of an answer, carried on by the machine's monotonic clock."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.utils import parsedate_to_datetime

_ASK_AGAIN_S = 300.0
_TIMEOUT_S = 3.0


class StoreClock:
    """What time it is where the objects lie; the clock of this machine may be wrong by hours."""

    def __init__(self) -> None:
        self._ahead: float | None = None  # of the monotonic clock
        self._asked = 0.0

    def now(self, url: Callable[[], str]) -> float:
        """Return the store's time in seconds since 1970; `url` gives something that its server answers to HEAD.

        Where nobody answers, the last answer still counts, and without any the clock of this machine.
        """
        at = time.monotonic()
        if self._ahead is None or at - self._asked > _ASK_AGAIN_S:
            date = _date(url())
            self._asked = time.monotonic()
            if date is not None:
                self._ahead = date - (at + self._asked) / 2  # true at some moment of the asking
        return time.time() if self._ahead is None else self._ahead + time.monotonic()


def _date(url: str) -> float | None:
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - the store's own address
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            headers = answer.headers
    except urllib.error.HTTPError as error:  # a refusal has a date too
        headers = error.headers
    except OSError:
        return None
    try:
        return parsedate_to_datetime(headers["Date"]).timestamp()
    except (TypeError, ValueError):
        return None
