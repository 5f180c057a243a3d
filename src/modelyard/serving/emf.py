"""Lines in CloudWatch's embedded metric format: what was answered in the last ten seconds, by version and role."""

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from modelyard.config import Project
from modelyard.serving.logs import Log
from modelyard.serving.metrics import BOUNDS, Metrics, Series

_EVERY_S = 10.0
_MOST_VALUES = 100  # in an array, as the format says
_UNITS = {
    "requests": "Count",
    "errors": "Count",
    "unanswered": "Count",
    "latency_ms": "Milliseconds",
    "capture_dropped": "Count",
}


class Emf:
    """Writes the lines of one process; CloudWatch adds those of several."""

    def __init__(self, project: Project, metrics: Metrics, log: Log) -> None:
        chosen = project.config.serving.emf
        self._on = project.env != "local" if chosen is None else chosen
        self._names = {"project": project.config.name, "env": project.env}
        self._metrics = metrics
        self._log = log
        self._dropped = 0.0
        self._last: dict[tuple[str, str], _Totals] = {}
        self._next = time.monotonic() + _EVERY_S
        for series in metrics.known():
            self._last[series.labels] = _Totals(series, metrics)

    def tick(self) -> None:
        """Write when it is time."""
        if self._on and time.monotonic() >= self._next:
            self._next += _EVERY_S
            self.emit()

    def emit(self) -> None:
        """Write one line for each version and role that was ever asked, also when nobody asked meanwhile."""
        if not self._on:
            return
        dropped = self._metrics.copied("modelyard_capture_dropped_rows_total")
        known = [series for series in self._metrics.known() if series.labels[0]]
        for series in known:
            totals = _Totals(series, self._metrics)
            before = self._last.get(series.labels)
            values = totals.since(before) | {"capture_dropped": dropped - self._dropped}
            version, role = series.labels
            self._log.add(line({**self._names, "version": version, "role": role}, values))
            self._last[series.labels] = totals
            self._dropped = dropped  # counted once, not for each role

    @property
    def on(self) -> bool:
        """Say whether lines are written."""
        return self._on


class _Totals:
    def __init__(self, series: Series, metrics: Metrics) -> None:
        self.requests, self.unanswered = metrics.requests(series.labels)
        self.errors = max(self.unanswered, series.failures())  # a failure that became an answer of 500 is in both
        self.rows, self.scores = series.totals()
        self.counts = series.request.counts()

    def since(self, before: "_Totals | None") -> dict[str, Any]:
        """Return what came since; times, means and the unanswered among the errors only where there were any."""
        zero = [0.0] * len(self.counts)
        counts = [now - then for now, then in zip(self.counts, before.counts if before else zero, strict=True)]
        rows = self.rows - (before.rows if before else 0.0)
        found: dict[str, Any] = {
            "requests": self.requests - (before.requests if before else 0.0),
            "errors": self.errors - (before.errors if before else 0.0),
        }
        unanswered = self.unanswered - (before.unanswered if before else 0.0)
        if unanswered:
            found["unanswered"] = unanswered
        if sum(counts):
            found["latency_ms"] = list(_times(counts))
        if rows:
            found["prediction_mean"] = (self.scores - (before.scores if before else 0.0)) / rows
        return found


def _times(counts: Sequence[float]) -> Iterator[float]:
    """Yield up to 100 times in ms that stand for those counted: evenly spaced ranks, placed inside their bucket."""
    total = sum(counts)
    ends = list(accumulate(counts))
    wanted = int(min(total, _MOST_VALUES))
    for k in range(wanted):
        rank = (k + 0.5) / wanted * total
        bucket = next(i for i, end in enumerate(ends) if rank <= end)
        high = BOUNDS[min(bucket, len(BOUNDS) - 1)]
        low = BOUNDS[bucket - 1] if bucket else 0.0
        inside = (rank - (ends[bucket] - counts[bucket])) / counts[bucket]
        yield round((low + (high - low) * inside) * 1000, 4)


def line(dimensions: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line of one series: its dimensions in order, and its metrics."""
    metrics = [{"Name": name, "Unit": _UNITS.get(name, "None")} for name in values]
    described = {"Namespace": "Modelyard", "Dimensions": [list(dimensions)], "Metrics": metrics}
    stamp = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [described]}
    return {"_aws": stamp, "event": "metrics", **dimensions, **values}
