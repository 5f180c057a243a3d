"""Moments written as whole numbers: seconds, milliseconds, microseconds or nanoseconds since 1970, in UTC.

A number is a moment in one unit only: each unit's numbers begin where those of the coarser one end. So a second among
milliseconds is no moment in 1970 but a value that does not fit, and so is a 0 or -1 that stands for "unknown".
"""

import datetime as dt
from dataclasses import dataclass

import polars as pl

_FIRST, _END = 10**8, 10**11  # seconds: 1973-03-03 and 5138-11-16, a thousandfold apart like the units
_LARGEST = 2**63 - 1  # in nanoseconds the year 2262
_MICROSECONDS = 1_000_000
_ZERO = dt.datetime(1970, 1, 1)


@dataclass(frozen=True)
class Epoch:
    """A unit that counts time since 1970.

    Attributes:
        format: What a contract calls it.
        unit: What people call it.
        per_second: How many of them are a second.
    """

    format: str
    unit: str
    per_second: int

    @property
    def first(self) -> int:
        """The least number that is a moment."""
        return _FIRST * self.per_second

    @property
    def last(self) -> int:
        """The largest one."""
        return min(_END * self.per_second - 1, _LARGEST)

    def moments(self, numbers: pl.Expr) -> pl.Expr:
        """Read whole numbers (Int64) as microseconds; what is no moment in this unit becomes null."""
        if self.per_second > _MICROSECONDS:
            counted = numbers // (self.per_second // _MICROSECONDS)
        else:
            counted = numbers * (_MICROSECONDS // self.per_second)
        return pl.when(numbers.is_between(self.first, self.last)).then(counted.cast(pl.Datetime("us")))

    def moment(self, number: int) -> dt.datetime | None:
        """Read one number as `moments` does."""
        if not self.first <= number <= self.last:
            return None
        return _ZERO + dt.timedelta(microseconds=number * _MICROSECONDS // self.per_second)

    def number(self, moment: dt.datetime) -> int:
        """Return the number of a naive UTC moment; what is finer than the unit is dropped."""
        return (moment - _ZERO) // dt.timedelta(microseconds=1) * self.per_second // _MICROSECONDS


EPOCHS = (
    Epoch("epoch_s", "seconds", 1),
    Epoch("epoch_ms", "milliseconds", 10**3),
    Epoch("epoch_us", "microseconds", 10**6),
    Epoch("epoch_ns", "nanoseconds", 10**9),
)
_BY_FORMAT = {each.format: each for each in EPOCHS}


def epoch(format: str | None) -> Epoch | None:  # noqa: A002 - the contract's own word
    """Return the unit that a column's format names; None for any other format."""
    return _BY_FORMAT.get(format or "")


def unit_of(number: int) -> Epoch | None:
    """Return the only unit in which a number is a moment."""
    return next((each for each in EPOCHS if each.first <= number <= each.last), None)
