"""Gathers what the store knows of a model in service: its releases, and what monitoring found."""

from modelyard.data.store import Store
from modelyard.monitoring.history import load
from modelyard.monitoring.results import MonitorResult
from modelyard.release import journal
from modelyard.report.data import ReleaseLog

_MOST_RELEASES = 12
_MOST_RESULTS = 100
_ENDS = {"promoted", "rolled_back", "aborted"}


def releases(store: Store) -> tuple[ReleaseLog, ...]:
    """Return the newest releases, oldest first."""
    found = [_release(store, name) for name in journal.releases(store)]
    return tuple(sorted((each for each in found if each is not None), key=lambda r: r.started)[-_MOST_RELEASES:])


def monitored(store: Store) -> tuple[MonitorResult, ...]:
    """Return what monitoring said, oldest first."""
    return tuple(load(store)[-_MOST_RESULTS:])


def _release(store: Store, name: str) -> ReleaseLog | None:
    entries = journal.entries(store, name)
    if not entries:
        return None
    end = next((entry for entry in reversed(entries) if entry.event in _ENDS), None)
    return ReleaseLog(
        id=name,
        challenger=entries[0].challenger,
        champion=entries[0].champion,
        state=end.event if end else "running",
        started=entries[0].time,
        reason=end.reason if end else "",
        entries=tuple(entries),
    )
