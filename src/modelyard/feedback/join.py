"""Captured predictions beside what came true: one frame at a time, with null where nothing is known yet."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import polars as pl

from modelyard import capture
from modelyard.data.store import Store
from modelyard.feedback.ledger import Ledger, empty

_NEVER = datetime(1, 1, 1)
ANSWERED = ("champion", "challenger")


def joined(  # noqa: PLR0913
    store: Store,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    horizon: timedelta | None = None,
    as_of: datetime | None = None,
    versions: Collection[str] | None = None,
    roles: Collection[str] = ANSWERED,
) -> Iterator[pl.DataFrame]:
    """Yield captured rows with `truth` (text; null: not known), `known` and `matured`, frame by frame.

    Args:
        store: Of the environment.
        since: First moment of event time.
        until: The moment after the last.
        horizon: How long labels may take; with `as_of`, a row is `matured` when it is older than that.
        as_of: What was not known by then does not count; naive UTC. None: all that is known, all matured.
        versions: Their sha256; all where None.
        roles: Whose answers; a shadow's reached nobody, but have the same truth.

    Raises:
        OutsideError: The store, or a file in it, cannot be read.
    """
    with Ledger(store, as_of) as ledger:
        known = _Days(ledger)
        for frame in capture.read(store, since=since, until=until, versions=versions):
            rows = frame.filter(pl.col("role").is_in(list(roles)))
            if rows.height:
                yield _told(rows, known, horizon, as_of)


def _told(rows: pl.DataFrame, known: "_Days", horizon: timedelta | None, as_of: datetime | None) -> pl.DataFrame:
    clock = pl.coalesce("event_time", "received_time")
    rows = _once(rows)
    if not known:
        nothing = {"truth": pl.lit(None, pl.String), "known": pl.lit(None, pl.Datetime("us"))}
        return rows.with_columns(**nothing, matured=_matured(clock, horizon, as_of))
    truth = known.of(rows.select(clock.alias("t")).to_series())
    told = rows.join(truth, on=["request_id", "row"], how="left", maintain_order="left")
    return told.with_columns(matured=_matured(clock, horizon, as_of))


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the last answer of a request that was sent again: it is one event, and that answer was used."""
    key = ["request_id", "row", "sha256", "role"]
    if rows.select(pl.struct(key).hash().n_unique()).item() == rows.height:
        return rows  # as nearly always; a fifth of the time that looking for the last ones takes
    return rows.sort("received_time", maintain_order=True).unique(key, keep="last", maintain_order=True)


def _matured(clock: pl.Expr, horizon: timedelta | None, as_of: datetime | None) -> pl.Expr:
    return pl.lit(value=True) if as_of is None or horizon is None else clock <= as_of - horizon


class _Days:
    """The labels of the days that were asked for last, since files come by date."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._span: tuple[datetime, datetime] | None = None
        self._labels = ledger.between(_NEVER, _NEVER) if ledger else empty()

    def __bool__(self) -> bool:
        return bool(self._ledger)

    def of(self, moments: pl.Series) -> pl.DataFrame:
        """Return the labels of these moments' days."""
        first, last = moments.min(), moments.max()
        if not isinstance(first, datetime) or not isinstance(last, datetime):
            return self._renamed()
        if self._span is None or first < self._span[0] or last > self._span[1]:
            begin = first.replace(hour=0, minute=0, second=0, microsecond=0)
            self._span = begin, last.replace(hour=23, minute=59, second=59, microsecond=999_999)
            self._labels = self._ledger.between(*self._span)
        return self._renamed()

    def _renamed(self) -> pl.DataFrame:
        return self._labels.select("request_id", "row", pl.col("label").alias("truth"), "known")
