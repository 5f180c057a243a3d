"""The lease of a controller: renewed from a thread of its own, and given up for good once it has lapsed."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from modelyard.data.store import Store
from modelyard.errors import ModelyardError
from modelyard.routing import document
from modelyard.routing.release import Release, clock

_RENEWALS = 4  # in the length of a lease, so that two may fail


class Lease:
    """Says whether this controller may still act.

    It counts from the moment before a renewal was sent, and a server from the moment at which it was written, so
    the controller gives up first.
    """

    def __init__(self, store: Store, holder: str, lease_s: float, since: float) -> None:
        self._store = store
        self._holder = holder
        self._lease_s = lease_s
        self._until = since + lease_s
        self._gone = threading.Event()
        self._stopped = threading.Event()

    @property
    def alive(self) -> bool:
        """Say whether it holds."""
        return not self._gone.is_set() and clock() < self._until

    def wait(self, seconds: float) -> bool:
        """Sleep, less long when the lease ends; say whether it holds."""
        self._gone.wait(min(seconds, max(self._until - clock(), 0.0)))
        return self.alive

    def renew(self) -> None:
        """Renew once; what cannot be renewed in time lapses."""
        asked = clock()
        if asked >= self._until:
            self._gone.set()
            return
        try:
            renewed = document.renew(self._store, self._holder)
        except ModelyardError:  # whether it took effect is unknown: the older end counts
            return
        if renewed is None or clock() >= self._until:
            self._gone.set()
        else:
            self._until = asked + self._lease_s

    def keep(self) -> None:
        """Renew until stopped or gone."""
        while not self._gone.is_set() and not self._stopped.wait(self._lease_s / _RENEWALS):
            self.renew()

    def stop(self) -> None:
        """Renew no more."""
        self._stopped.set()


@contextmanager
def kept(store: Store, release: Release, since: float) -> Generator[Lease]:
    """Hold the lease of a release for the body; `since` is a time on `clock` before it was last written."""
    lease = Lease(store, release.holder, release.lease_s, since)
    thread = threading.Thread(target=lease.keep, name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        lease.stop()
        thread.join(timeout=release.lease_s)


def written(store: Store, release: Release) -> float:
    """Return when a running release was last written, as a time on `clock` that is rather too early."""
    return clock() - (release.lease_s - left_s(store, release))


def left_s(store: Store, release: Release) -> float:
    """Return the seconds until servers take a running release for lapsed, by the clock of the store; 0 when they do."""
    found = store.get_aged(document.KEY)
    return 0.0 if found is None or not release.running else max(release.lease_s - found[2], 0.0)
