"""Waits for the end of a deployment, and says why it ended so."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from modelyard.deploy.ecs.api import Ecs
from modelyard.deploy.ecs.course import Course
from modelyard.deploy.outcome import Deployment, Tell, left_running
from modelyard.deploy.patience import patiently
from modelyard.errors import ModelyardError, OutcomeError
from modelyard.progress import Progress

_APPEARS_S = 120.0  # UpdateService and the list of deployments are not of one moment
_TELLING = ("unable", "failed", "unhealthy", "error", "stopped", "deregistered")


@dataclass
class Following:
    """Who waits for what.

    Attributes:
        previous: The image that answered before; None before the first one.
    """

    ecs: Ecs
    image: str
    previous: str | None
    every_s: float
    report: Progress
    tell: Tell

    def result(self, state: str, reason: str) -> Deployment:
        """Return the end."""
        return Deployment.model_validate(
            {"state": state, "image": self.image, "previous": self.previous, "reason": reason}
        )


def follow(following: Following, first: Callable[[], Course]) -> Deployment:
    """Wait for the end of a deployment.

    Raises:
        LeftRunningError: Ctrl-C; the deployment goes on.
        OutsideError: AWS has not answered for minutes; the deployment goes on.
    """
    course = settled(following, first)
    if course is None:
        minutes = following.ecs.target.limit_s / 60
        return following.result("running", f"it has not ended in {minutes:.0f} minutes")
    if course.status == "SUCCESSFUL":
        return following.result("completed", "")
    if following.previous is None:
        return _first_failed(following, course)
    state = "rolled_back" if course.status == "ROLLBACK_SUCCESSFUL" else "failed"
    return following.result(state, _why(following, course))


def settled(following: Following, first: Callable[[], Course]) -> Course | None:
    """Return the last look at a deployment; None when it takes longer than it may.

    Raises:
        LeftRunningError: Ctrl-C; the deployment goes on.
        OutsideError: AWS has not answered for minutes; the deployment goes on.
    """
    with left_running("at AWS", _look(following)):
        return _end(following, first())


def begun(following: Following, before: str | None) -> Course:
    """Return the deployment that UpdateService began.

    Raises:
        OutcomeError: None has come, or somebody else's.
    """
    ecs = following.ecs
    deadline = time.monotonic() + _APPEARS_S
    while (arn := patiently(ecs.newest)) in {None, before}:
        if time.monotonic() > deadline:
            raise OutcomeError(
                f"ECS began no deployment of {ecs.target.service}.", "See its events in the console.", code="not_begun"
            )
        time.sleep(min(following.every_s, 2.0))
    course = patiently(lambda: ecs.course(str(arn)))
    going = ecs.image_of(course.target) if course.target else following.image
    if going != following.image:
        raise OutcomeError(
            f"Somebody else deployed {going} at the same time.", "Agree with them and deploy again.", code="overtaken"
        )
    return course


def _end(following: Following, course: Course) -> Course | None:
    ecs, said = following.ecs, ""
    deadline = time.monotonic() + ecs.target.limit_s
    while not (course.ended or _hopeless(following, course)):
        if course.words() != said:
            said = course.words()
            following.tell(said)
        following.report("deploy", round(course.share), 100)
        if time.monotonic() > deadline:
            return None
        time.sleep(following.every_s)
        course = patiently(partial(ecs.course, course.arn))
    return course


def _hopeless(following: Following, course: Course) -> bool:
    """Tell whether ECS rolls back to nothing: before the first image there is none that could be started."""
    return following.previous is None and course.status in {"ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"}


def _first_failed(following: Following, course: Course) -> Deployment:
    why = _why(following, course)
    try:
        following.ecs.update(desired=0)
        after = "there is no earlier image to go back to; the service has no tasks again"
    except ModelyardError as error:
        after = f"there is no earlier image to go back to, and its tasks could not be stopped ({error.message})"
    return following.result("failed", f"{why}; {after}")


def _why(following: Following, course: Course) -> str:
    """Return what ended it: the alarms with their reasons, the circuit breaker, and what ECS said of tasks."""
    causes = list(course.causes)
    try:
        alarms = {one.name: one.reason for one in following.ecs.alarms(course.triggered)}
        events = following.ecs.service().events
    except ModelyardError:  # the end is known; only its details are not
        alarms, events = {}, ()
    told = [f"the alarm {name} rang" + (f": {alarms[name]}" if alarms.get(name) else "") for name in course.triggered]
    return "; ".join([*told, *causes, *_events(events, course.created)]) or course.status.lower().replace("_", " ")


def _events(events: tuple[tuple[datetime, str], ...], since: datetime | None) -> list[str]:
    mine = [text for when, text in events if since is None or when >= since]
    return list(dict.fromkeys(text.rstrip(".") for text in mine if any(word in text for word in _TELLING)))[:2]


def _look(following: Following) -> str:
    target = following.ecs.target
    place = f"--region {target.region} --cluster {target.cluster} --service {target.service}"
    return f"aws ecs list-service-deployments {place}"
