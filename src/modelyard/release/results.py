"""What the commands of a release say."""

from typing import Any

from modelyard.errors import OutcomeError
from modelyard.record import Record
from modelyard.routing.document import Ref, Routing
from modelyard.routing.release import Release, State


class ReleaseResult(Record):
    """A release as it stands."""

    release: str  # its id; empty for a return to an earlier version without one
    state: State
    step: int  # 1 is the first
    steps: list[float]  # percent
    weight: float  # percent of the requests that the challenger answers
    checks: list[dict[str, Any]] = []  # the judge's newest
    reason: str = ""
    challenger: int
    champion: int  # the version that it is measured against
    answering: int | None = None  # the version that answers by now; None while the release runs
    shadow: bool = False
    passed: bool = False  # every step was judged, and none failed
    started: str  # ISO, UTC
    lease_s: float | None = None  # seconds until servers return to the champion by themselves
    rows_per_s: float | None = None  # traffic when it was started
    expected_s: float | None = None  # what the release takes at that traffic
    notes: list[str] = []

    def failure(self) -> OutcomeError | None:
        """Return why the challenger did not take over; None where it did, still may, or was only mirrored."""
        if self.state in {"running", "promoted"} or (self.shadow and self.passed):
            return None
        what = "rolled back" if self.state == "rolled_back" else "aborted"
        return OutcomeError(
            f"The release of version {self.challenger} was {what}: {self.reason}",
            f"Version {self.answering or self.champion} answers. `modelyard release status` shows the checks.",
            code=self.state,
        )


def described(release: Release, **more: Any) -> ReleaseResult:  # noqa: ANN401 - fields of the result
    """Lay out a release; `more` is what its state does not hold."""
    return ReleaseResult(
        release=release.id,
        state=release.state,
        step=release.step + 1,
        steps=list(release.steps),
        weight=release.weight,
        reason=release.reason,
        challenger=release.challenger.version,
        champion=release.champion.version,
        shadow=release.shadow,
        passed=release.passed,
        started=release.started,
        **more,
    )


def returned(routing: Routing, target: Ref, reason: str, notes: list[str]) -> ReleaseResult:
    """Lay out a return to an earlier version, which may belong to no release."""
    release = routing.release
    if release is not None and release.reason == reason:
        return described(release, notes=notes).model_copy(
            update={"champion": target.version, "answering": target.version}
        )
    left = routing.previous or target
    return ReleaseResult(
        release="", state="rolled_back", step=0, steps=[], weight=0.0, reason=reason, notes=notes,
        challenger=left.version, champion=target.version, answering=target.version, started=routing.changed,
    )  # fmt: skip
