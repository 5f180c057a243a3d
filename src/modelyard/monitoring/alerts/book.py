"""What was told to whom, in the store: changed by compare-and-swap, so that two monitors share it.

A message is first written here as owed, then sent, then noted as told. So a kill before the note makes the
next monitor send it, once more at most, even when the trouble is over by then: nothing is lost in silence.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from modelyard.data.store import Store
from modelyard.monitoring.alerts.record import Alert
from modelyard.monitoring.alerts.swap import swap
from modelyard.record import Record

KEY = "alerts.json"
SKEW_S = 300.0  # clocks of two machines may differ by so much


class Delivery(Record):
    """One trouble on one channel."""

    state: Literal["owed", "told"]
    what: Literal["news", "end"] = "news"  # that it is there, or that it has ended
    at: str  # ISO, UTC: when it was told, or first owed
    told: int = 0  # how often; part of a message's identity
    holder: str = ""  # the monitor that is sending it now ...
    held_until: str = ""  # ... and until when that is believed
    tried: bool = False  # an attempt began whose end nobody noted
    place: str = ""  # where the last message lies: the number of an issue
    reason: str = ""  # of the last failure


class Trouble(Record):
    """A key that was told, or is to be."""

    alert: Alert
    since: str  # ISO, UTC: a trouble that comes back has a new beginning
    over: bool = False
    ended: str = ""  # ISO, UTC: when it was first found to be over
    deliveries: dict[str, Delivery] = {}

    @property
    def last(self) -> str:
        """Return when it ended; an older book noted that as `since`."""
        return self.ended or self.since


class Book(Record):
    """All troubles by key."""

    troubles: dict[str, Trouble] = {}


def change(store: Store, edit: Callable[[Book], Book]) -> Book:
    """Apply `edit` to the newest book and write it; see `swap`.

    Raises:
        OutsideError: The store failed, or others kept winning.
    """
    return swap(store, KEY, Book(), edit)


def new_holder() -> str:
    """Return a name for this monitor that no other has."""
    return os.urandom(8).hex()


def now() -> datetime:
    """Return the moment as it is written here."""
    return datetime.now(UTC)


def age_s(text: str, moment: datetime) -> float | None:
    """Return the seconds since `text`; None for no moment, or for one that lies too far ahead to be believed."""
    age = seconds(text, moment.isoformat())
    return None if age is None or age < -SKEW_S else max(age, 0.0)


def seconds(begin: str, end: str) -> float | None:
    """Return the seconds between two moments; None where one is none."""
    try:
        return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
    except (ValueError, TypeError):
        return None
