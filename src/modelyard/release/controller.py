"""The commands of a release. Each transition is one swap of the routing document; the rest is repaired from it."""

from collections.abc import Callable

from modelyard.config import Project
from modelyard.errors import InterruptedRunError
from modelyard.loop.context import Context
from modelyard.loop.versions import repaired
from modelyard.progress import Progress, silent
from modelyard.release import begin, detached, moves
from modelyard.release.begin import StartRequest
from modelyard.release.candidate import choose
from modelyard.release.endings import abort, promote, rollback
from modelyard.release.expected import expected_s, sentence
from modelyard.release.lease import left_s, written
from modelyard.release.projection import followed, result
from modelyard.release.results import ReleaseResult
from modelyard.release.takeover import end_lapsed, known, wait_for_lapse
from modelyard.release.walk import walk
from modelyard.release.watch import Servers, Watch
from modelyard.routing import document
from modelyard.routing.release import Release

__all__ = ["StartRequest", "abort", "control", "promote", "resume", "rollback", "start", "status"]


def start(
    project: Project, request: StartRequest, progress: Progress = silent, watch: Watch | None = None
) -> ReleaseResult:
    """Begin a release, and walk it: here with `wait`, else in a process of its own.

    Raises:
        RequestError: There is no challenger, or the request is wrong.
        OutcomeError: A release is running, or the version may not be released.
        OutsideError: The store fails, or no server can be asked.
        InterruptedRunError: Ctrl-C or SIGTERM; the release is aborted.
    """
    context = Context.of(project)
    template = begin.template(project, request)
    routing = document.read(context.store)
    if routing.release is not None and routing.release.running:
        end_lapsed(context.store, routing)
    return _start(context, template, request.version, progress, watch, wait=request.wait)


def resume(
    project: Project, *, wait: bool = False, progress: Progress = silent, watch: Watch | None = None
) -> ReleaseResult:
    """Take up a release whose controller is gone: it starts again at its first step, with fresh counts.

    Where its lease still runs, its end is waited for. A release that has ended stays as it is.

    Raises:
        RequestError: No release was ever started.
        OutcomeError: Its controller is at work, or the version may not be released any more.
        OutsideError: The store fails, or no server can be asked.
        InterruptedRunError: Ctrl-C or SIGTERM; the release is aborted.
    """
    context = Context.of(project)
    routing = document.read(context.store)
    release = known(routing)
    if not release.running:
        return result(context, routing, followed(context))
    wait_for_lapse(context.store, routing, progress)
    end_lapsed(context.store, routing)
    return _start(context, release, release.challenger.version, progress, watch, wait=wait)


def status(project: Project) -> ReleaseResult:
    """Return how the newest release stands.

    Raises:
        RequestError: No release was ever started.
    """
    context = Context.of(project)
    known(document.read(context.store))
    notes = followed(context)
    return result(context, document.read(context.store), notes)


def control(
    project: Project,
    holder: str,
    progress: Progress = silent,
    watch: Watch | None = None,
    ready: Callable[[], None] = lambda: None,
) -> ReleaseResult:
    """Walk the release that `holder` has begun, to its end; `ready` is called once everything is at hand.

    Raises:
        InterruptedRunError: Ctrl-C or SIGTERM; the release is aborted.
        OutcomeError: The release is not this holder's any more.
        OutsideError: The store failed.
    """
    context = Context.of(project)
    routing = document.read(context.store)
    release = moves.held(routing, holder)
    if not left_s(context.store, release):
        return result(context, end_lapsed(context.store, routing), followed(context))
    servers = watch or Servers.of(context)
    since = written(context.store, release)
    ready()
    try:
        walk(project, context.store, release, servers, since, progress)
    except InterruptedRunError:
        followed(context)
        raise
    finally:
        servers.close()
    notes = followed(context)
    return result(context, document.read(context.store), notes)


def _start(  # noqa: PLR0913 - by name
    context: Context, template: Release, version: int | None, progress: Progress, watch: Watch | None, *, wait: bool
) -> ReleaseResult:
    registry = repaired(context)
    routing = document.read(context.store)
    candidate = choose(context, registry, routing, version)
    assert routing.champion is not None  # noqa: S101 - the candidate was compared with it
    release = begin.made(template, candidate, routing.champion)
    servers = watch or Servers.of(context)
    traffic = servers.traffic()
    more = {"rows_per_s": traffic, "expected_s": expected_s(release, context.project.config.release, traffic)}
    begin.enter(context, release)
    progress(sentence(traffic, more["expected_s"]), 0, len(release.steps))
    if wait:
        ended = control(context.project, release.holder, progress, servers)
        return ended.model_copy(update={**more, "notes": [*candidate.notes, *ended.notes]})
    detached.begin(context, release)
    notes = [*candidate.notes, *followed(context)]
    return result(context, document.read(context.store), notes).model_copy(update=more)
