"""The beginning of a release: what it will do, and the swap that puts it on its first step."""

import math
import os
from dataclasses import dataclass
from datetime import UTC, datetime

from modelyard.config import Project
from modelyard.errors import OutcomeError, RequestError
from modelyard.loop.context import Context
from modelyard.release import moves
from modelyard.release.candidate import Candidate
from modelyard.release.journal import Journal
from modelyard.release.steps import checked
from modelyard.release.takeover import busy
from modelyard.routing import document
from modelyard.routing.document import Ref, Routing
from modelyard.routing.release import Release

_NOBODY = Ref(version=0, sha256="")


@dataclass(frozen=True)
class StartRequest:
    """What to release, and how; None takes what the configuration says."""

    version: int | None = None
    steps: tuple[float, ...] | None = None  # percent
    hold_s: float | None = None
    shadow: bool = False
    wait: bool = False


def template(project: Project, request: StartRequest) -> Release:
    """Return a release with everything that is known before its versions are.

    Raises:
        RequestError: The steps, or the seconds at each, are impossible.
    """
    config = project.config.release
    steps = checked(config.steps if request.steps is None else request.steps)
    if request.shadow and request.steps is not None:
        raise RequestError("--shadow mirrors every request: it has no steps.", "Leave out --steps.", code="bad_steps")
    hold_s = config.hold_s if request.hold_s is None else request.hold_s
    for name, seconds in (("hold_s", hold_s), ("lease_s", config.lease_s)):
        if not math.isfinite(seconds):
            raise RequestError(
                f"A release with a {name} of {seconds} would never end.",
                "Name seconds: --hold 60, or in the section release of modelyard.yaml.",
                code="bad_hold",
            )
    return Release(
        id="", state="running", challenger=_NOBODY, champion=_NOBODY, step=0, started="", step_since="",
        steps=(100.0,) if request.shadow else steps,
        lease_s=config.lease_s,
        hold_s=hold_s,
        shadow=request.shadow,
    )  # fmt: skip


def made(template: Release, candidate: Candidate, champion: Ref) -> Release:
    """Return the release of a candidate, with an id and a holder of its own."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    now = moves.now()
    update = {
        "id": f"{stamp}-v{candidate.ref.version}-{os.urandom(3).hex()}",
        "challenger": candidate.ref,
        "champion": champion,
        "best": candidate.best,
        "holder": os.urandom(16).hex(),
        "started": now,
        "step_since": now,
        "step": 0,
        "passed": False,
        "reason": "",
    }
    return template.model_copy(update=update)


def enter(context: Context, release: Release) -> Routing:
    """Put a release on its first step.

    Raises:
        OutcomeError: Another one runs, or the champion is not the one that it was chosen against.
    """

    def change(routing: Routing) -> Routing:
        if routing.release is not None and routing.release.running:
            raise busy(routing.release)
        if routing.champion != release.champion:
            raise OutcomeError("The champion has just changed.", "Start again.", code="champion_changed")
        return moves.begin(routing, release)

    steps = "shadow" if release.shadow else f"steps {', '.join(f'{s:g}' for s in release.steps)} %"
    subject = f"v{release.challenger.version}"
    routing = document.swap(context.store, change, why=steps, action="release_started", subject=subject)
    Journal(context.store, release.id).add("started", release)
    return routing
