"""Adds up what servers count, so that a server's restart, which sets its counters to zero, loses nothing."""

from dataclasses import dataclass, field

from modelyard.errors import OutsideError
from modelyard.release.counts import Counts, Process, Snapshot
from modelyard.release.sources.reading import Reading


@dataclass
class _Server:
    """One server over its restarts: what earlier lives counted, and the present one."""

    since: float
    seen: float = 0.0
    scraped: float | None = None
    born: str = ""
    births: set[str] = field(default_factory=set)
    restarts: int = 0
    earlier: dict[str, Counts] = field(default_factory=dict)
    present: dict[str, Counts] = field(default_factory=dict)
    rss_bytes: int | None = None
    ready_at: dict[str, float] | None = None


class Tally:
    """Cumulative counts over all servers that were ever read; lives as long as one release's controller."""

    def __init__(self) -> None:
        self._servers: dict[str, _Server] = {}

    def add(self, name: str, found: Reading, at: float) -> None:
        """Take a server's newest reading, at `at` seconds since 1970.

        Raises:
            OutsideError: The address answers for several servers in turn, so their counts cannot be told apart.
        """
        server = self._servers.setdefault(name, _Server(since=at, born=found.born, births={found.born}))
        if found.born != server.born:
            _reborn(server, name, found.born, at)
        for key, counts in server.present.items():
            if _fell(counts, found.counts.get(key, Counts())):
                server.earlier[key] = server.earlier.get(key, Counts()).plus(counts)
        server.seen, server.present = at, dict(found.counts)
        server.rss_bytes, server.scraped = found.rss_bytes, found.scraped
        if found.ready is not None:
            now = {version: at for version, ready in found.ready.items() if ready}
            server.ready_at = {**(server.ready_at or {}), **now}

    def snapshot(self, at: float, problems: tuple[str, ...] = ()) -> Snapshot:
        """Return everything counted until now."""
        total: dict[str, Counts] = {}
        for server in self._servers.values():
            for part in (server.earlier, server.present):
                for key, counts in part.items():
                    total[key] = total.get(key, Counts()).plus(counts)
        processes = {name: _process(server) for name, server in self._servers.items()}
        return Snapshot(at=at, counts=total, processes=processes, problems=problems)


def _process(server: _Server) -> Process:
    return Process(
        since=server.since,
        seen=server.seen,
        scraped=server.scraped,
        restarts=server.restarts,
        rss_bytes=server.rss_bytes,
        ready_at=server.ready_at,
    )


def _reborn(server: _Server, name: str, born: str, at: float) -> None:
    if born in server.births:
        raise OutsideError(
            f"{name} answers for several servers in turn, whose counts cannot be told apart.",
            "Name each server in `release.servers`, or read Prometheus: `release.prometheus`.",
            code="many_behind_one",
        )
    server.born, server.since, server.restarts = born, at, server.restarts + 1
    server.births.add(born)
    server.ready_at = None if server.ready_at is None else {}


def _fell(before: Counts, now: Counts) -> bool:
    """Say whether a counter is lower than it was, which only a new process can make it."""
    names = ("requests", "errors", "failures", "load_failures", "rows")
    numbers = any(getattr(now, name) < getattr(before, name) for name in names)
    return numbers or now.scorer.total < before.scorer.total or now.request.total < before.request.total
