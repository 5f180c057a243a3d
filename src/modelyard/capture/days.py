"""Splits captured rows by the date of their event, into a bounded number of files."""

from collections.abc import Iterator

import polars as pl

from modelyard.capture.keys import MIXED

_MOST_DAYS = 100  # a client names the dates: it must not make a file for each row


def by_day(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield date and rows; without an event time a row belongs to the date it was received.

    Dates beyond the hundred most frequent ones share the folder `MIXED`.
    """
    day = moment("event").dt.date().cast(pl.String)
    dated = rows.with_columns(day.alias("day"))
    frequent = dated["day"].value_counts(sort=True).head(_MOST_DAYS)["day"].implode()
    folders = dated.with_columns(pl.when(pl.col("day").is_in(frequent)).then("day").otherwise(pl.lit(MIXED)))
    for (name,), part in folders.partition_by("day", as_dict=True, include_key=False, maintain_order=True).items():
        yield str(name), part


def moment(clock: str) -> pl.Expr:
    """Return the time that rows are chosen by: the event's, else when they were received; or always the latter."""
    received = pl.col("received_time")
    return pl.coalesce("event_time", received) if clock == "event" else received
