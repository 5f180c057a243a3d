"""The months go by: the server answers, drift is seen in spring, and June's outcomes show what it did."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from modelyard import capture
from modelyard.demo import flights, replay
from modelyard.demo.flights import TIME, YEAR
from modelyard.demo.stage import Stage
from modelyard.errors import OutcomeError
from modelyard.feedback import FeedbackRequest, add
from modelyard.monitoring.monitor import monitor
from modelyard.monitoring.request import MonitorRequest
from modelyard.monitoring.results import MonitorResult
from modelyard.monitoring.retrain import retrain as start_loop
from modelyard.routing import read

_DELAY = timedelta(days=30)  # of the outcomes; simulated
_WEEK = timedelta(days=7)
_WAIT_S = 15.0


def drift(stage: Stage) -> str:
    """Replay March to May, and look every week of April."""
    asked = _replay(stage, 3, 5)
    first: dict[str, str] = {}
    for day in _weeks(datetime(YEAR, 4, 2), datetime(YEAR, 4, 23)):
        for column in _look(stage, day).drift.columns:
            if column.alert and column.name not in first:
                far = max((w for w in column.windows if w.drifts), key=lambda w: w.distance or 0.0)
                where = f" (week of {far.since[:10]}: distance {far.distance:.2f}, limit {far.limit:.2f})"
                first[column.name] = f"{column.name} on {day.day} {day:%B}{where}"
    if not first:
        raise OutcomeError("Nothing drifts in March and April.", code="demo_no_drift")
    return f"{asked:,} flights answered; drift is seen in {', then '.join(first.values())}"


def performance(stage: Stage) -> str:
    """Replay June, and look every week at the outcomes that are known by then."""
    asked = _replay(stage, 6, 6)
    end = datetime(YEAR, 7, 1)
    for day in _weeks(datetime(YEAR, 5, 28), datetime(YEAR, 7, 30)):
        found = _look(stage, min(day, end), as_of=day).performance
        off = [w for w in found.windows if w.miscalibrated and w.predicted is not None and w.observed is not None]
        if found.calibration and off:
            worst = max(off, key=lambda w: abs((w.predicted or 0.0) - (w.observed or 0.0)))
            return (
                f"{asked:,} flights of June answered; on {day.day} {day:%B} the outcomes of the week of "
                f"{worst.since[:10]} are known: {worst.predicted:.1%} were to be late, {worst.observed:.1%} were"
            )
    raise OutcomeError("No week is miscalibrated.", code="demo_calibrated")


def retrain(stage: Stage) -> str:
    """Train on the winter and on what was served since, as far as its outcomes are known."""
    result = start_loop(stage.project, ["calibration"], as_of=datetime(YEAR, 7, 31), progress=stage.progress)
    if result.version is None:
        raise OutcomeError(f"The retraining ended without a version: {result.reason}", code="demo_not_retrained")
    found = next(v for v in (read(stage.store).challenger,) if v is not None)
    stage.retrained = found
    return f"version {result.version}, January to June, passed the gate and waits as challenger"


def _weeks(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += _WEEK


def _replay(stage: Stage, first: int, last: int) -> int:
    """Ask about the flights of some months, and hand in their outcomes; return how many flights."""
    rows = flights.between(stage.flights, first, last)
    outcomes = replay.by_hour(rows, stage.port, lambda done, of: stage.progress("replay", done, of))
    _await_captures(stage, flights.between(stage.flights, 3, last).height)
    known = pl.col(TIME) + _DELAY
    table = stage.root / ".modelyard" / f"outcomes-{first}-{last}.parquet"
    outcomes.with_columns(known.alias("known")).drop(TIME).write_parquet(table)
    add(stage.project, FeedbackRequest(labels=str(table), as_of=datetime(YEAR, 12, 31)), stage.progress)
    return rows.height


def _await_captures(stage: Stage, rows: int) -> None:
    """Wait until the server has written what it answered."""
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        if sum(frame.height for frame in capture.read(stage.store, columns=["row"])) >= rows:
            return
        time.sleep(0.2)
    raise OutcomeError(f"The captures did not reach {rows:,} rows.", code="demo_captures")


def _look(stage: Stage, until: datetime, as_of: datetime | None = None) -> MonitorResult:
    return monitor(stage.project, MonitorRequest(until=until, as_of=as_of or until, send=False), stage.progress)
