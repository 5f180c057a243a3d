"""What a person does to a release: promote, roll back, abort. The swap comes first, since servers wait for it."""

from collections.abc import Callable

from modelyard.bundle.served import FILE_NAME
from modelyard.config import Project
from modelyard.data.store import Store
from modelyard.errors import OutcomeError, RequestError
from modelyard.loop.context import Context
from modelyard.release import moves
from modelyard.release.journal import Journal
from modelyard.release.lease import left_s
from modelyard.release.projection import followed, result
from modelyard.release.results import ReleaseResult, returned
from modelyard.release.takeover import running
from modelyard.routing import audit, document
from modelyard.routing.document import Ref, Routing
from modelyard.routing.release import Release


def promote(project: Project) -> ReleaseResult:
    """Make the challenger of the running release the champion now, whatever the judge has seen.

    Raises:
        RequestError: No release is running.
        OutcomeError: Its lease has lapsed.
    """
    context = Context.of(project)
    release = running(document.read(context.store))
    if not left_s(context.store, release):
        raise OutcomeError(
            "The lease of the release has lapsed, so its servers have returned to the champion.",
            "`modelyard release resume` starts it again.",
            code="lapsed",
        )
    reason = f"promoted by hand at step {release.step + 1}"
    return _end(context, release, lambda r, one: moves.promoted(r, one, reason, passed=False), "promoted", reason)


def abort(project: Project) -> ReleaseResult:
    """End the running release without a judgement; its challenger waits as before.

    Raises:
        RequestError: No release is running.
    """
    context = Context.of(project)
    release = running(document.read(context.store))
    reason = f"aborted by hand at step {release.step + 1}"
    return _end(context, release, lambda r, one: moves.aborted(r, one, reason), "aborted", reason)


def rollback(project: Project, to: int | None = None) -> ReleaseResult:
    """End the running release; without one, or with `to`, make an earlier version the champion again.

    Raises:
        RequestError: There is nothing to go back to, or the version is unknown, retired or the champion.
        OutcomeError: The version's bundle is not in the store.
    """
    context = Context.of(project)
    routing = document.read(context.store)
    release = routing.release
    only_ends = to is None or (routing.champion is not None and to == routing.champion.version)
    if release is not None and release.running and only_ends:
        reason = f"rolled back by hand at step {release.step + 1}"
        return _end(context, release, lambda r, one: moves.rolled_back(r, one, reason), "rolled_back", reason)
    return _return_to(context, _target(context, routing, to))


def _end(
    context: Context, release: Release, move: Callable[[Routing, Release], Routing], event: str, reason: str
) -> ReleaseResult:
    routing = document.swap(
        context.store,
        lambda now: move(now, running(now, release.id)),
        why=reason,
        action=event,
        subject=f"v{release.challenger.version}",
    )
    if routing.release is not None:
        Journal(context.store, release.id).add(event, routing.release, reason=reason)
    return result(context, routing, followed(context))


def _return_to(context: Context, target: Ref) -> ReleaseResult:
    reason = f"back to version {target.version} by hand"
    routing = document.swap(
        context.store,
        lambda now: moves.returned(now, target, reason),
        why=reason,
        action="rolled_back",
        subject=f"v{target.version}",
    )
    if routing.release is not None and routing.release.reason == reason:
        Journal(context.store, routing.release.id).add("rolled_back", routing.release, reason=reason)
    return returned(routing, target, reason, followed(context))


def _target(context: Context, routing: Routing, to: int | None) -> Ref:
    """Return the version to go back to; the registry is asked only for one that the document does not name."""
    if to is None and routing.previous is None:
        raise RequestError(
            "No release is running, and there is no champion before this one.",
            "Name a version with --to.",
            code="nothing_before",
        )
    if to is None and _came_back(context.store, routing):
        raise RequestError(
            f"Version {_number(routing.champion)} serves since a rollback from version {_number(routing.previous)}.",
            f"To return to that one all the same: `modelyard release rollback --to {_number(routing.previous)}`.",
            code="rolled_back_already",
        )
    if routing.champion is not None and to == routing.champion.version:
        raise RequestError(f"Version {to} is the champion.", "Name another one with --to.", code="is_champion")
    named = [ref for ref in (routing.previous, routing.pinned) if ref is not None and to in (None, ref.version)]
    target = named[0] if named else _registered(context, to or 0)
    if not context.store.exists(f"models/{target.sha256}/{FILE_NAME}"):
        raise OutcomeError(
            f"The store {context.store.uri} has no bundle of version {target.version}.",
            "Restore it from a backup of the store.",
            code="no_bundle",
        )
    return target


def _came_back(store: Store, routing: Routing) -> bool:
    """Say whether the champion became it by a rollback: the one before it is then what somebody fled from."""
    since = next((event for event in audit.newest(store) if event.key == f"routing:{routing.champion_since}"), None)
    return since is not None and since.action == "rolled_back"


def _number(ref: Ref | None) -> int | None:
    return None if ref is None else ref.version


def _registered(context: Context, version: int) -> Ref:
    found = context.registry().get(version)
    if found.state == "retired":
        raise RequestError(f"Version {version} is retired.", "Name another one.", code="retired")
    return Ref(version=found.version, sha256=found.sha256)
