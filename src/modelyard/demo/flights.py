"""Which flights the tour shows: a fixed share of the year, cut into what a project would have had at the time."""

from datetime import datetime

import polars as pl

from modelyard import assets

SHARE = 0.25
TARGET, TIME = "late", "time_hour"
YEAR = 2013
_KEY = ("time_hour", "carrier", "origin", "dest", "sched_dep_time")


def share() -> pl.DataFrame:
    """Return a quarter of the year's flights, chosen by a hash of the flight, in order of time."""
    from modelyard.data.split import hashes

    whole = pl.read_parquet(assets.flights())
    lot = hashes.shares(hashes.of_rows(whole.select(_KEY)), "demo")
    return whole.filter(pl.Series(lot < SHARE)).sort(TIME, maintain_order=True)


def between(flights: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Return the flights of the months `first` to `last`."""
    until = datetime(YEAR + last // 12, last % 12 + 1, 1)
    return flights.filter(pl.col(TIME) >= datetime(YEAR, first, 1), pl.col(TIME) < until)
