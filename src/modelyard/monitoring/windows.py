"""Windows of event time: whole days, in step with those inside training, and when several of them raise an alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from modelyard.monitoring.results import Span
from modelyard.reference.distance import Integers

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Grid:
    """Windows of `days` days; number 0 begins at `anchor`."""

    anchor: date
    days: int

    @classmethod
    def of(cls, begins: str | None, days: int) -> "Grid":
        """Take the first day of training as anchor, so that windows are in step with its own."""
        try:
            return cls(datetime.fromisoformat(begins).date() if begins else EPOCH, days)
        except ValueError:
            return cls(EPOCH, days)

    def numbers(self, clock: pl.Series) -> Integers:
        """Return the number of each moment's window, shape (n,)."""
        day = clock.cast(pl.Date).to_physical().to_numpy().astype("int64")
        return (day - (self.anchor - EPOCH).days) // self.days

    def number(self, moment: datetime) -> int:
        """Return the number of a moment's window."""
        return (moment.date() - self.anchor).days // self.days

    def begins(self, number: int) -> datetime:
        """Return the first moment of a window."""
        day = self.anchor + timedelta(days=number * self.days)
        return datetime(day.year, day.month, day.day)

    def ends(self, number: int) -> datetime:
        """Return the moment after a window."""
        return self.begins(number + 1)

    def span(self, number: int) -> Span:
        """Return a window as text."""
        return Span.of(self.begins(number), self.ends(number))


def clock(frame: pl.DataFrame) -> pl.Series:
    """Return when each captured row happened: the event's time, else when it was received."""
    return frame.select(pl.coalesce("event_time", "received_time")).to_series()


def first_alert(bad: Sequence[bool], wanted: int, among: int) -> int | None:
    """Return the position at which `wanted` of `among` neighbouring windows are bad; None where never.

    While there are fewer windows than `wanted`, all of them must be bad: a span of one window can be judged.
    """
    least = min(wanted, len(bad))
    for end in range(least - 1, len(bad)):
        if least and sum(bad[max(0, end + 1 - among) : end + 1]) >= least:
            return end
    return None
