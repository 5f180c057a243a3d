"""What becomes of a release whose controller is gone: its lease must have lapsed, and a lapse is final."""

import time

from modelyard.data.store import Store
from modelyard.errors import OutcomeError, RequestError
from modelyard.progress import Progress
from modelyard.release import moves
from modelyard.release.lease import left_s
from modelyard.routing import document
from modelyard.routing.document import Routing
from modelyard.routing.release import Release

_PAUSE_S = 0.25


def known(routing: Routing) -> Release:
    """Return the newest release.

    Raises:
        RequestError: There never was one.
    """
    if routing.release is None:
        raise RequestError("No release was ever started.", "`modelyard release start` does.", code="no_release")
    return routing.release


def running(routing: Routing, release: str | None = None) -> Release:
    """Return the release that runs, and is the one of this id.

    Raises:
        RequestError: None runs, or another one.
    """
    found = routing.release
    if found is None or not found.running or release not in (None, found.id):
        state = f"The newest one is {found.state}: {found.reason}" if found else "None was ever started."
        raise RequestError(
            f"No release is running. {state}", "`modelyard release start` starts one.", code="no_release"
        )
    return found


def busy(release: Release) -> OutcomeError:
    """Return the error for a second controller."""
    return OutcomeError(
        f"The release of version {release.challenger.version} is running, and its controller is at work.",
        "Wait for its end (`modelyard release status`), or end it with `modelyard release abort`.",
        code="release_running",
    )


def wait_for_lapse(store: Store, routing: Routing, progress: Progress) -> None:
    """Wait until the lease of the running release ends.

    Raises:
        OutcomeError: It is renewed meanwhile.
    """
    release = running(routing)
    while (left := left_s(store, release)) > 0:
        if document.read(store).nonce != routing.nonce:
            raise busy(release)
        progress("waiting for the end of the lease", round(release.lease_s - left), round(release.lease_s))
        time.sleep(min(left, _PAUSE_S))


def end_lapsed(store: Store, routing: Routing) -> Routing:
    """Swap a release whose lease has lapsed to its end.

    Raises:
        OutcomeError: It has not lapsed, or was renewed meanwhile.
    """
    release = running(routing)
    if left_s(store, release) > 0:
        raise busy(release)
    reason = f"the lease lapsed at step {release.step + 1}"

    def change(now: Routing) -> Routing:
        if now.release is None or now.release.id != release.id or not now.release.running:
            return now
        if now.nonce != routing.nonce:
            raise busy(release)
        return moves.rolled_back(now, now.release, reason)

    subject = f"v{release.challenger.version}"
    return document.swap(store, change, why=reason, action="rolled_back", subject=subject)
