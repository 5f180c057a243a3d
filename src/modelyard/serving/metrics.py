"""Counts what is answered, by version and role, in all workers of a server together."""

import os
import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from modelyard.serving import cells
from modelyard.serving.cells import Cells, Key
from modelyard.serving.exposition import INFINITE, SUM, text

_PREFERRED = ("1", "1.25", "1.6", "2", "2.5", "3.15", "4", "5", "6.3", "8")  # ISO 3: ten steps in a decade
BOUNDS = (*[float(f"{step}e{power}") for power in range(-5, 1) for step in _PREFERRED][3:], 10.0)
"""Upper ends of the histograms' buckets, in seconds: from 20 microseconds to 10 seconds, three for each doubling.

A release's judge sees through them: with wider ones a model of twice the time can stay in its champion's bucket.
"""

_SERVER_ERROR = 500
_READY = "modelyard_ready"
_MEMORY = "process_resident_memory_bytes"
_CHAMPION = "modelyard_champion_answers"
_GAUGES = {_READY, _CHAMPION}

Labels = tuple[str, str]
"""Version and role; both empty where no version answered."""

NOBODY: Labels = ("", "")


class Histogram:
    """Times of one kind, of one version in one role."""

    def __init__(self, known: Cells, family: str, labels: tuple[tuple[str, str], ...]) -> None:
        self._values = known.values
        parts = [*(f"{bound:.6g}" for bound in BOUNDS), INFINITE]
        self._slots = [known.slot(family, labels, part) for part in parts]
        self._sum = known.slot(family, labels, SUM)

    def add(self, seconds: float) -> None:
        """Count one of `seconds`."""
        self._values[self._slots[bisect_left(BOUNDS, seconds)]] += 1
        self._values[self._sum] += seconds

    def counts(self) -> list[float]:
        """Return how many fell into each bucket, the last being beyond every bound."""
        return [self._values[slot] for slot in self._slots]


class Series:
    """What is counted of one version in one role; looked up once, since it is used for each request."""

    def __init__(self, known: Cells, labels: Labels) -> None:
        named = self._named = tuple(zip(("version", "role"), labels, strict=True))
        self.labels = labels
        self._cells = known
        self.request = self._histogram("modelyard_request_seconds")
        self.scorer = self._histogram("modelyard_scorer_seconds")
        self._values = known.values
        self._rows = known.slot("modelyard_predictions_total", named)
        self._scores = known.slot("modelyard_prediction_score_sum", named)
        self._failures = {
            kind: known.slot("modelyard_scorer_failures_total", (*named, ("kind", kind)))
            for kind in ("raised", "not_finite")
        }

    @cached_property
    def batch_request(self) -> Histogram:
        """Return the times of requests of several rows, which a judge must not compare with those of one."""
        return self._histogram("modelyard_batch_request_seconds")

    @cached_property
    def batch_scorer(self) -> Histogram:
        """Return the times of scoring several rows."""
        return self._histogram("modelyard_batch_scorer_seconds")

    def _histogram(self, family: str) -> Histogram:
        return Histogram(self._cells, family, self._named)

    def predicted(self, rows: int, score_sum: float) -> None:
        """Count predicted rows and the sum of their scores."""
        self._values[self._rows] += rows
        self._values[self._scores] += score_sum

    def tried(self, seconds: float | None, failure: str | None, rows: int = 1) -> None:
        """Count an attempt, with its time where that was measured and the kind of its failure, whoever answered."""
        if seconds is not None:
            self.scorer.add(seconds)
            if rows > 1:
                self.batch_scorer.add(seconds)
        if failure is not None:
            self._values[self._failures[failure]] += 1

    def failures(self) -> float:
        """Return how many requests the version failed on."""
        return sum(self._values[slot] for slot in self._failures.values())

    def totals(self) -> tuple[float, float]:
        """Return rows and the sum of their scores."""
        return self._values[self._rows], self._values[self._scores]


class Unseen:
    """Counts unusual values of one version, by column and kind."""

    def __init__(self, known: Cells, version: str) -> None:
        self._cells = known
        self._version = version
        self._slots: dict[tuple[str, str], int] = {}

    def __call__(self, column: str, kind: str) -> None:
        """Count one value."""
        slot = self._slots.get((column, kind))
        if slot is None:
            labels = (("version", self._version), ("column", column), ("kind", kind))
            slot = self._slots[column, kind] = self._cells.slot("modelyard_unseen_total", labels)
        self._cells.values[slot] += 1


class Metrics:
    """The counters of one process, and a view of those of all."""

    def __init__(self, folder: Path | None = None, index: int = 0, started: float | None = None) -> None:
        """Count in `folder`, as worker `index`; without one, in this process alone.

        Args:
            folder: Where the workers' numbers lie.
            index: Of this worker.
            started: When counting began, in seconds since 1970.
        """
        self._started = started or time.time()
        self.cells = Cells(None if folder is None else folder / f"{index}.cells")
        self.cells.zero(_READY)
        self._folder = folder
        self._series: dict[Labels, Series] = {}
        self._unseen: dict[str, Unseen] = {}
        self._requests: dict[tuple[str, int, Labels], tuple[int, int]] = {}
        self._copied: dict[Key, float] = {}
        self._named: tuple[tuple[str, str], ...] = ()

    def name(self, project: str, env: str) -> None:
        """Say whose predictions these are."""
        self._named = (("project", project), ("env", env))

    def series(self, labels: Labels) -> Series:
        """Return the counters of a version in a role."""
        found = self._series.get(labels)
        if found is None:
            found = self._series[labels] = Series(self.cells, labels)
        return found

    def unseen(self, version: str) -> Unseen:
        """Return the counter of a version's unusual values."""
        found = self._unseen.get(version)
        if found is None:
            found = self._unseen[version] = Unseen(self.cells, version)
        return found

    def known(self) -> list[Series]:
        """Return the counters of all versions that were asked here."""
        return list(self._series.values())

    def request(self, route: str, status: int, labels: Labels = NOBODY) -> None:
        """Count an answered request."""
        key = (route, status, labels)
        slots = self._requests.get(key)
        if slots is None:
            slots = self._requests[key] = self._slots(*key)
        values = self.cells.values
        values[slots[0]] += 1
        if status >= _SERVER_ERROR:
            values[slots[1]] += 1

    def requests(self, labels: Labels) -> tuple[float, float]:
        """Return how many requests and errors were counted here."""
        found = [slots for (_, _, known), slots in self._requests.items() if known == labels]
        errors = {error for _, error in found}
        values = self.cells.values
        return sum(values[slot] for slot, _ in found), sum(values[slot] for slot in errors)

    def _slots(self, route: str, status: int, labels: Labels) -> tuple[int, int]:
        named = tuple(zip(("version", "role"), labels, strict=True))
        slot = self.cells.slot
        return (
            slot("modelyard_requests_total", (("route", route), ("status", str(status)), *named)),
            slot("modelyard_errors_total", (("route", route), *named)),
        )

    def copy(self, family: str, count: float, *labels: tuple[str, str]) -> None:
        """Take over a counter that something else keeps, and that begins at zero with this process."""
        key = (family, labels, "")
        self.cells.values[self.cells.slot(*key)] += count - self._copied.get(key, 0.0)
        self._copied[key] = count

    def copied(self, family: str) -> float:
        """Return the newest count of a counter without labels that was taken over."""
        return self._copied.get((family, (), ""), 0.0)

    def ready(self, versions: Iterable[str], *, by_champion: bool) -> None:
        """Say which versions are loaded here, and whether the champion answers."""
        self.cells.values[self.cells.slot(_CHAMPION)] = float(by_champion)
        self.cells.zero(_READY)
        for version in versions:
            self.cells.values[self.cells.slot(_READY, (("version", version),))] = 1.0

    def all_ready(self, version: str) -> bool:
        """Say whether every worker has loaded a version."""
        if self._folder is None:
            return True
        return bool(self._all().get((_READY, (("version", version),), "")))

    def text(self) -> str:
        """Return the metrics of all workers in the Prometheus text format."""
        return text(self._all())

    def _all(self) -> Mapping[Key, float]:
        mine = (os.getpid(), list(self.cells.items()))
        files = [] if self._folder is None else sorted(self._folder.glob("*.cells"))
        workers = [cells.read(path) for path in files] or [mine]
        numbers: dict[Key, float] = {}
        for _, found in workers:
            for key, value in found:
                numbers[key] = numbers.get(key, 0.0) + value
        for key in [key for key in numbers if key[0] in _GAUGES]:
            numbers[key] = float(numbers[key] == len(workers))
        numbers |= {("modelyard_info", self._named, ""): 1.0} if self._named else {}
        numbers["modelyard_workers", (), ""] = len(workers)
        numbers["process_start_time_seconds", (), ""] = self._started
        numbers[_MEMORY, (), ""] = sum(_resident(pid) for pid, _ in workers)
        return numbers


def _resident(pid: int) -> int:
    """Return the resident memory of a process in bytes; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
    except (OSError, IndexError):
        return _peak() if pid == os.getpid() else 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _peak() -> int:
    """Return this process's largest resident memory, where the system does not tell the present one."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
