"""What the servers have counted: cumulative per role, and the difference between two moments."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from math import inf
from typing import NamedTuple, Self

from modelyard.record import Record

CHAMPION = "champion"
CHALLENGER = ("challenger", "shadow")
_DURATIONS = ("scorer", "request", "batch_scorer", "batch_request")
LOAD = "load"
"""The role under which failed loads are counted: a version that never loaded has no other."""


class Tails(NamedTuple):
    """How many durations lie above each bound, `counts[0]` being all of them: made once, asked often."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]  # counts[i] lie above bounds[i - 1]

    def above(self, bound: float) -> int:
        """Return how many are surely above `bound`, which need not be one of the bounds."""
        place = bisect_left(self.bounds, bound) + 1
        return self.counts[place] if place < len(self.counts) else 0


class Histogram(Record):
    """Durations by bin: `counts[i]` lie above `bounds[i - 1]`, and not above `bounds[i]` (seconds) but for the last."""

    bounds: tuple[float, ...] = ()
    counts: tuple[int, ...] = (0,)

    @property
    def total(self) -> int:
        """Return how many durations there are."""
        return sum(self.counts)

    def above(self, bound: float) -> int:
        """Return how many are surely above `bound`, which need not be one of the bounds."""
        return self.tails().above(bound)

    def tails(self) -> Tails:
        """Return the counts above each bound."""
        return Tails(self.bounds, tuple(accumulate(reversed(self.counts)))[::-1])

    def quantile(self, q: float) -> float | None:
        """Return the upper end of the bin that holds the quantile; infinity in the last one, None without any."""
        wanted, seen = q * self.total, 0
        for bound, count in zip((*self.bounds, inf), self.counts, strict=True):
            seen += count
            if count and seen >= wanted:
                return bound
        return None

    def at_least(self, q: float) -> float:
        """Return the lower end of the bin that holds the quantile; 0 in the first one, or without any."""
        high = self.quantile(q)
        return 0.0 if high is None else max((bound for bound in self.bounds if bound < high), default=0.0)

    def estimate(self, q: float) -> float | None:
        """Return the quantile, placed geometrically inside its bin; infinity in the last one, None without any."""
        wanted, seen, low = q * self.total, 0, 0.0
        for bound, count in zip((*self.bounds, inf), self.counts, strict=True):
            if count and seen + count >= wanted:
                begin = low or bound / 2
                return bound if bound == inf else begin * (bound / begin) ** ((wanted - seen) / count)
            seen, low = seen + count, bound
        return None

    def plus(self, other: Self, sign: int = 1) -> Self:
        """Return the sum, in the bins that both have; `sign` -1 for the difference, which is never negative."""
        if not self.bounds or not other.bounds:
            return self if self.bounds or sign < 0 else other
        shared = tuple(sorted({*self.bounds} & {*other.bounds}))
        mine, yours = self._in(shared), other._in(shared)
        counts = tuple(max(0, a + sign * b) for a, b in zip(mine, yours, strict=True))
        return self.model_copy(update={"bounds": shared, "counts": counts})

    def _in(self, bounds: tuple[float, ...]) -> list[int]:
        counts = [0] * (len(bounds) + 1)
        for bound, count in zip((*self.bounds, inf), self.counts, strict=True):
            counts[bisect_left(bounds, bound)] += count
        return counts


class Counts(Record):
    """What the requests that were assigned to one role did, whoever answered them in the end.

    Attributes:
        requests: Assigned and answered, with whatever status.
        errors: Of these, answered with 500 or above.
        failures: Times that the model raised, or gave something else than numbers, a fallback's rescue included.
        load_failures: Times that a server could not load the version.
        rows: Predicted rows.
        scorer: Time in features, encoding and model.
        request: Time of whole requests.
        batch_scorer: As `scorer`, of the requests of several rows; empty where nobody tells them from the others.
        batch_request: As `request`, likewise.
    """

    requests: int = 0
    errors: int = 0
    failures: int = 0
    load_failures: int = 0
    rows: int = 0
    scorer: Histogram = Histogram()
    request: Histogram = Histogram()
    batch_scorer: Histogram = Histogram()
    batch_request: Histogram = Histogram()

    @property
    def trials(self) -> int:
        """Return the assigned requests; mirrored ones have no request of their own and count by their scoring."""
        return max(self.requests, self.scorer.total, self.failures, self.errors) + self.load_failures

    @property
    def single_scorer(self) -> Histogram:
        """Return the times of scoring requests of one row."""
        return self.scorer.plus(self.batch_scorer, -1)

    @property
    def single_request(self) -> Histogram:
        """Return the times of requests of one row."""
        return self.request.plus(self.batch_request, -1)

    @property
    def failed(self) -> int:
        """Return the trials that failed: not the sum, since a failure that became an answer of 500 is in both."""
        return max(self.errors, self.failures) + self.load_failures

    @property
    def shared(self) -> int:
        """Return the failures that became an answer of 500: of a challenger, its champion failed on them as well."""
        return min(self.errors, self.failures)

    def plus(self, other: Self, sign: int = 1) -> Self:
        """Return the sum; `sign` -1 for what was counted since `other`, never negative."""
        names = ("requests", "errors", "failures", "load_failures", "rows")
        numbers = {name: max(0, getattr(self, name) + sign * getattr(other, name)) for name in names}
        durations = {name: getattr(self, name).plus(getattr(other, name), sign) for name in _DURATIONS}
        return self.model_copy(update=numbers | durations)


class Process(Record):
    """One server with all its workers.

    Attributes:
        since: When this process was first seen (seconds since 1970).
        seen: When it was last read; None where that is always now.
        scraped: When it said what was read, where another had asked it before; None where that is the same.
        restarts: How often another process had taken its place before.
        rss_bytes: None where nobody measures it.
        ready_at: When each version was last seen ready; None where nobody measures it.
    """

    since: float
    seen: float | None = None
    scraped: float | None = None
    restarts: int = 0
    rss_bytes: int | None = None
    ready_at: dict[str, float] | None = None


class Snapshot(Record):
    """Everything counted until one moment.

    Attributes:
        at: Seconds since 1970.
        counts: By role and version, `role/version`; cumulative, also over restarts of servers.
        processes: By instance.
        problems: What could not be read now; its last known counts are in `counts`.
    """

    at: float
    counts: dict[str, Counts] = {}
    processes: dict[str, Process] = {}
    problems: tuple[str, ...] = ()

    def of(self, roles: Iterable[str]) -> Counts:
        """Return the counts of these roles, over all versions."""
        wanted, total = set(roles), Counts()
        for key, counts in self.counts.items():
            total = total.plus(counts) if key.partition("/")[0] in wanted else total
        return total


class Window(Record):
    """What happened between two snapshots; `seconds` is how long that was."""

    champion: Counts
    challenger: Counts
    seconds: float


def between(before: Snapshot, now: Snapshot) -> Window:
    """Return what was counted from `before` to `now`."""
    champion = now.of([CHAMPION]).plus(before.of([CHAMPION]), -1)
    challenger = now.of(CHALLENGER).plus(before.of(CHALLENGER), -1)
    return Window(champion=champion, challenger=challenger, seconds=max(0.0, now.at - before.at))
