"""The transitions of a release: each takes the routing document, and gives the one that is swapped in."""

from datetime import UTC, datetime

from modelyard.errors import OutcomeError
from modelyard.routing.document import Ref, Routing
from modelyard.routing.release import Release


class EndedError(OutcomeError):
    """The release is no longer this holder's: another command ended it, or its lease went to somebody else."""

    default_code = "release_ended"

    def __init__(self, routing: Routing) -> None:
        state = routing.release.state if routing.release else "gone"
        super().__init__(f"The release is {state} by now.", "`modelyard release status` shows it.")


def begin(routing: Routing, release: Release) -> Routing:
    """Put a release on its first step."""
    return _weighted(routing.model_copy(update={"challenger": release.challenger, "release": release}), release)


def advanced(routing: Routing, release: Release) -> Routing:
    """Go to the next step."""
    stepped = release.model_copy(update={"step": release.step + 1, "step_since": now()})
    return _weighted(routing.model_copy(update={"release": stepped}), stepped)


def promoted(routing: Routing, release: Release, reason: str, *, passed: bool) -> Routing:
    """Make the challenger the champion, and the champion the one that is gone back to."""
    ended = release.model_copy(update={"state": "promoted", "reason": reason, "passed": passed})
    update = {
        "champion": release.challenger,
        "previous": routing.champion,
        "pinned": release.challenger if release.best or routing.pinned is None else routing.pinned,
        "challenger": None if routing.challenger == release.challenger else routing.challenger,
        "release": ended,
        "weights": {str(release.challenger.version): 1.0},
    }
    return routing.model_copy(update=update)


def rolled_back(routing: Routing, release: Release, reason: str) -> Routing:
    """Leave everything to the champion; the challenger has to be named to be tried again."""
    ended = release.model_copy(update={"state": "rolled_back", "reason": reason})
    waiting = None if routing.challenger == release.challenger else routing.challenger
    return _weighted(routing.model_copy(update={"challenger": waiting, "release": ended}), ended)


def aborted(routing: Routing, release: Release, reason: str, *, passed: bool = False) -> Routing:
    """Leave everything to the champion; the challenger waits as before."""
    ended = release.model_copy(update={"state": "aborted", "reason": reason, "passed": passed})
    return _weighted(routing.model_copy(update={"release": ended}), ended)


def returned(routing: Routing, to: Ref, reason: str) -> Routing:
    """Make a version that is out of service the champion, and end what runs."""
    release = routing.release
    if release is not None and (release.running or release.challenger == routing.champion):
        release = release.model_copy(update={"state": "rolled_back", "reason": reason})
    update = {
        "champion": to,
        "previous": routing.champion if routing.champion != to else routing.previous,
        "challenger": None if routing.challenger == to else routing.challenger,
        "release": release,
        "weights": {str(to.version): 1.0},
    }
    return routing.model_copy(update=update)


def held(routing: Routing, holder: str) -> Release:
    """Return the running release of a holder.

    Raises:
        EndedError: It has none.
    """
    release = routing.release
    if release is None or not release.running or release.holder != holder:
        raise EndedError(routing)
    return release


def now() -> str:
    """Return the time as it is written into documents."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _weighted(routing: Routing, release: Release) -> Routing:
    champion = routing.champion or release.champion
    weights = {str(champion.version): 1.0 - release.share, str(release.challenger.version): release.share}
    return routing.model_copy(update={"weights": {version: share for version, share in weights.items() if share > 0}})
