"""Streams of predictions with outcomes whose truth is known, and what the performance rule says of them weekly."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from modelyard.bundle.served import Served
from modelyard.config.monitoring import Monitoring
from modelyard.data.contract import Contract
from modelyard.data.encode import Encoding
from modelyard.monitoring.outcomes import Outcomes
from modelyard.monitoring.performance import windows_of
from modelyard.monitoring.windows import first_alert
from modelyard.reference.profile import build

FIRST = datetime(2025, 1, 2)  # a Thursday, as is the first day that windows are counted from
LATE = datetime(2030, 1, 1)
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)


@dataclass(frozen=True)
class Stream:
    """A model whose answers are right on average, until they are not.

    Attributes:
        per_day: Rows.
        rate: About the share of positives.
        days_differ: Standard deviation of a day's own effect, in log odds; it is zero on average.
        spread: Standard deviation of what the model knows, in log odds.
        begins: Week in which the truth moves away; None: never.
        moves: By how much in the end, in log odds.
        weeks_to_move: Over how many weeks.
        weeks: How many are watched.
    """

    per_day: int = 200
    rate: float = 0.2
    days_differ: float = 0.0
    spread: float = 1.0
    begins: int | None = None
    moves: float = 0.0
    weeks_to_move: int = 1
    weeks: int = 26


CALM = {
    "200 rows a day": Stream(),
    "200 a day, days differ by 0.3": Stream(days_differ=0.3),
    "200 a day, days differ by 0.6": Stream(days_differ=0.6),
    "30 a day": Stream(per_day=30),
    "30 a day, days differ by 0.5": Stream(per_day=30, days_differ=0.5),
    "30 a day, 2 % positives": Stream(per_day=30, rate=0.02),
    "5 a day": Stream(per_day=5),
    "5 a day, 2 % positives": Stream(per_day=5, rate=0.02),
}
HARD = {"30 a day, 2 % positives", "5 a day", "5 a day, 2 % positives"}
"""Streams with too few events to be sure of anything but a large gap within weeks."""


def moved(stream, size, over, after=12):
    """The same stream, whose truth begins to move away in week 8, watched for `after` weeks from then on."""
    return replace(stream, begins=8, moves=size, weeks_to_move=over, weeks=8 + after)


def delay(stream, told):
    """Return the weeks from the beginning of the move to the first look with an alert; None where none came."""
    return next((week - stream.begins + 1 for week, up in told.by_week if up and week >= stream.begins), None)


@dataclass(frozen=True)
class Told:
    """The weekly looks, each True where an alert of that kind is up."""

    calibration: list[bool]
    skill: list[bool]
    weeks: list[int]  # of each look; a week that was not judged has none

    @property
    def judged(self):
        return len(self.weeks)

    @property
    def by_week(self):
        return list(zip(self.weeks, self.calibration, strict=True))


def watch(stream, seed, config=None):
    """Make the stream and look at it every week, as `monitor` does once all labels are there."""
    config = config or Monitoring()
    judged = [w for w in windows(stream, seed, config) if w.judged]
    return Told(
        [_up([w.miscalibrated for w in judged[: end + 1]], config) for end in range(len(judged))],
        [_up([w.useless for w in judged[: end + 1]], config) for end in range(len(judged))],
        [(datetime.fromisoformat(w.since) - FIRST).days // 7 for w in judged],
    )


def windows(stream, seed, config=None):
    """Make the stream and return what is said of each week, once all labels are there."""
    config = config or Monitoring()
    outcomes = Outcomes(_served(), _profile(stream.rate), config.window_days, "day")
    outcomes.add(_frame(stream, seed))
    return windows_of(outcomes, 1, LATE, config)


def _up(flags, config):
    return first_alert(flags[-config.of_windows :], config.alert_windows, config.of_windows) is not None


def _frame(stream, seed):
    r = np.random.default_rng([seed, stream.per_day])
    days = stream.weeks * 7
    day = np.repeat(np.arange(days), stream.per_day)
    known = np.log(stream.rate / (1 - stream.rate)) + stream.spread * r.normal(size=len(day))
    moved = _moved(stream, day)
    said = _average(known, stream.days_differ)
    true = _chance(known + moved + stream.days_differ * r.normal(size=days)[day])
    when = [FIRST + timedelta(days=int(d)) for d in day]
    truth = np.where(r.random(len(day)) < true, "yes", "no")
    times = {"event_time": when, "received_time": when}
    schema = dict.fromkeys(times, pl.Datetime("us"))
    frame = pl.DataFrame(times, schema=schema).with_columns(truth=pl.Series(truth), score=pl.Series(said))
    return frame.with_columns(scores=pl.concat_list(1 - pl.col("score"), "score"))


def _moved(stream, day):
    if stream.begins is None:
        return 0.0
    return stream.moves * np.clip((day / 7 - stream.begins) / stream.weeks_to_move, 0, 1)


def _chance(odds):
    return 1 / (1 + np.exp(-odds))


def _average(odds, deviation):
    """Return the chance of a row before its day's effect is known."""
    nodes = odds[:, None] + deviation * _NODES[None, :]
    return (_chance(nodes) * _WEIGHTS).sum(axis=1) / _WEIGHTS.sum()


def _served():
    return Served(
        task="binary", classes=["no", "yes"], inputs=[], types={}, encoding=Encoding(columns=()), form="onnx",
        identity=True,
    )  # fmt: skip


def _profile(rate):
    truth = pl.Series("y", ["yes"] * round(10_000 * rate) + ["no"] * (10_000 - round(10_000 * rate)))
    return build(pl.DataFrame({"x": [0.0, 1.0]}), Contract(name="t", columns=()), [], predictions=None, truth=truth)
