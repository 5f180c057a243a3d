"""Walks a release up its steps under its lease, as the judge says, to one of its ends."""

import math
from collections.abc import Callable

from modelyard.config import Project
from modelyard.data.store import Store
from modelyard.errors import InterruptedRunError, OutsideError
from modelyard.progress import Progress
from modelyard.release import moves
from modelyard.release.journal import Journal
from modelyard.release.lease import Lease, kept
from modelyard.release.verdict import Check, Verdict
from modelyard.release.watch import Seen, Watch
from modelyard.routing import document
from modelyard.routing.document import Routing
from modelyard.routing.release import Release, clock

_LOGGED_S = 30.0


def walk(  # noqa: PLR0913 - what a walk needs
    project: Project, store: Store, release: Release, watch: Watch, since: float, progress: Progress
) -> Routing:
    """Return the routing document at the end of a release, whoever ended it.

    Args:
        project: Its configuration names the pace.
        store: Of the environment.
        release: As its holder began it.
        watch: Looks at the servers.
        since: A time on `clock` before the lease was last written.
        progress: Told at each look.

    Raises:
        InterruptedRunError: Ctrl-C or SIGTERM; the release is aborted then.
        OutsideError: The store failed for as long as the lease; the servers have returned to the champion.
    """
    with kept(store, release, since) as lease:
        walker = _Walk(project, store, release, watch, lease, progress)
        try:
            return walker.run()
        except KeyboardInterrupt:
            walker.end(moves.aborted, "aborted", "its controller was interrupted")
            raise InterruptedRunError from None
        except moves.EndedError:
            return document.read(store)
        except OutsideError:
            raise
        except Exception as error:
            walker.end(moves.rolled_back, "rolled_back", f"its controller failed: {type(error).__name__}: {error}")
            raise


class _Walk:
    """A release under way; `release` is what this controller last knew of it."""

    def __init__(  # noqa: PLR0913 - the parts of a controller
        self, project: Project, store: Store, release: Release, watch: Watch, lease: Lease, progress: Progress
    ) -> None:
        self.config = project.config.release
        self.store = store
        self.release = release
        self.watch = watch
        self.lease = lease
        self.progress = progress
        self.steps = len(release.steps)
        self.journal = Journal(store, release.id)
        self.began = clock()
        self.logged: tuple[object, float] = (None, -math.inf)

    def run(self) -> Routing:
        """Look and act until the release ends."""
        if self.journal.last is None:
            self.journal.add("started", self.release)
        self.watch.begin(self.release)
        while self.lease.wait(self.config.every_s):
            try:
                ended = self._turn()
            except OutsideError as error:  # the store: the lease says how long it may be away
                self.progress(f"step {self.release.step + 1}: {error.message}", self.release.step, self.steps)
                continue
            if ended is not None:
                return ended
        moves.held(document.read(self.store), self.release.holder)
        return self.end(moves.rolled_back, "rolled_back", "its lease lapsed")

    def _turn(self) -> Routing | None:
        """Look and act once; a swap of which the store gave no word may have put the release on its next step."""
        known = moves.held(document.read(self.store), self.release.holder)
        if known.step != self.release.step:
            self._enter(known)
        return self._act(self._look())

    def end(self, move: Callable[[Routing, Release, str], Routing], event: str, reason: str) -> Routing:
        """Swap in an end of the release, then note it."""
        routing = self._swap(lambda now, release: move(now, release, reason), event, reason)
        if routing.release is not None:
            self.journal.add(event, routing.release, reason=reason)
        return routing

    def _look(self) -> Seen:
        try:
            look = self.watch.look(self.release)
        except OutsideError as error:
            check = Check(name="metrics", verdict="waiting", reason=error.message)
            look = Seen(verdict=Verdict(state="hold", checks=(check,), reason=error.message))
        self._log(look)
        said = f"step {self.release.step + 1}: {look.verdict.reason or look.verdict.state}"
        self.progress(said, self.release.step, self.steps)
        return look

    def _log(self, look: Seen) -> None:
        """Note what changed, and now and then that nothing did."""
        verdict = look.verdict
        signature = (self.release.step, verdict.state, [(c.name, c.verdict) for c in verdict.checks])
        known, at = self.logged
        if signature == known and clock() - at < _LOGGED_S:
            return
        self.logged = (signature, clock())
        checks = [check.model_dump(mode="json") for check in verdict.checks]
        self.journal.add(
            "judged", self.release, verdict=verdict.state, checks=checks, counts=look.counts, reason=verdict.reason
        )

    def _act(self, look: Seen) -> Routing | None:
        verdict, stayed = look.verdict, clock() - self.began
        if verdict.state == "roll_back":
            return self.end(moves.rolled_back, "rolled_back", verdict.reason or "the judge says so")
        if verdict.state == "hold":
            return self._patient(verdict, stayed)
        if stayed < self.release.hold_s:
            return None
        if self.release.step + 1 < self.steps:
            self._advance()
            return None
        return self._finish(verdict)

    def _patient(self, verdict: Verdict, stayed: float) -> Routing | None:
        """End a step that has waited for too long, as it is configured; never by promoting."""
        if not verdict.ends and stayed < self.config.max_step_s:
            return None
        why = verdict.reason or "too little traffic"
        reason = f"step {self.release.step + 1} ended without a verdict after {stayed:.0f} s: {why}"
        if (verdict.ends or self.config.quiet) == "abort":
            return self.end(moves.aborted, "aborted", reason)
        return self.end(moves.rolled_back, "rolled_back", reason)

    def _advance(self) -> None:
        step = self.release.step

        def move(routing: Routing, release: Release) -> Routing:
            return moves.advanced(routing, release) if release.step == step else routing

        nth = f"step {step + 1} of {self.steps} passed"
        routing = self._swap(move, "release_advanced", nth)
        self._enter(moves.held(routing, self.release.holder))

    def _enter(self, release: Release) -> None:
        """Begin to judge a step."""
        nth = f"step {release.step} of {self.steps} passed"
        self.release, self.began = release, clock()
        self.journal.add("advanced", release, reason=nth)
        self.watch.begin(release)

    def _finish(self, verdict: Verdict) -> Routing:
        if self.release.shadow:
            reason = f"the mirrored requests passed; start it again without --shadow. {verdict.reason}".strip()
            return self.end(lambda r, one, why: moves.aborted(r, one, why, passed=True), "aborted", reason)
        reason = "every step passed" + (f", with a warning of {verdict.reason}" if verdict.reason else "")
        return self.end(lambda r, one, why: moves.promoted(r, one, why, passed=True), "promoted", reason)

    def _swap(self, move: Callable[[Routing, Release], Routing], action: str, why: str) -> Routing:
        """Swap, provided that the release is still this holder's, and no gain is taken after the lease."""
        gains = action in {"promoted", "release_advanced"}

        def change(routing: Routing) -> Routing:
            release = moves.held(routing, self.release.holder)
            if gains and not self.lease.alive:
                return moves.rolled_back(routing, release, "its lease lapsed")
            return move(routing, release)

        subject = f"v{self.release.challenger.version}"
        return document.swap(self.store, change, why=why, action=action, subject=subject)
