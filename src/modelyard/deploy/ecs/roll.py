"""Brings an image to an ECS service: looks whether it may, registers, updates, and waits."""

from dataclasses import dataclass
from functools import partial

from modelyard.deploy.ecs.api import Ecs, Service
from modelyard.deploy.ecs.checks import check_alarms, note_weaknesses
from modelyard.deploy.ecs.course import Course
from modelyard.deploy.ecs.definition import Definition
from modelyard.deploy.ecs.follow import Following, begun, follow, settled
from modelyard.deploy.outcome import Deployment, Tell
from modelyard.deploy.target import Target, is_placeholder
from modelyard.errors import OutcomeError
from modelyard.progress import Progress


@dataclass(frozen=True)
class _Now:
    """What there is before anything changes."""

    service: Service
    current: Definition
    newest: Definition
    course: Course | None

    @property
    def previous(self) -> str | None:
        """Return the image that answers; None while no task runs."""
        image = self.current.image
        return None if is_placeholder(image) or not self.service.desired else image


def roll(image: str, target: Target, every_s: float, report: Progress, tell: Tell) -> Deployment:
    """Bring the image out; see `deploy`."""
    ecs = Ecs(target)
    now = _look(ecs)
    following = Following(ecs, image, now.previous, every_s, report, tell)
    if now.course is not None and not now.course.ended:
        if not is_placeholder(ecs.image_of(now.course.target)):
            return _join(following, now.course)
        tell("The service itself is still being made: waiting for that.")
        settled(following, partial(ecs.course, now.course.arn))
        now = _look(ecs)
    if _runs(now, image):
        return Deployment(state="unchanged", image=image, previous=image, reason="The service runs this image already.")
    check_alarms(ecs, now.service)
    note_weaknesses(ecs, now.service, tell)
    _note_last(ecs, now.course, image, tell)
    return _begin(following, now)


def _look(ecs: Ecs) -> _Now:
    service = ecs.service()
    current = ecs.definition(service.definition)
    newest = ecs.newest()
    # the family's newest: what `infra up` changed since, such as size and secrets, comes with this image
    return _Now(service, current, ecs.definition(ecs.target.service), None if newest is None else ecs.course(newest))


def _runs(now: _Now, image: str) -> bool:
    same = now.current.image == image and now.service.desired > 0
    whole = now.course is None or now.course.status == "SUCCESSFUL"
    return same and whole and now.current.settings() == now.newest.settings()


def _begin(following: Following, now: _Now) -> Deployment:
    ecs, image, newest = following.ecs, following.image, now.newest
    if now.previous is not None and newest.settings() != now.current.settings():
        following.tell("Settings of the task changed since the last deployment; they come with this one.")
    definition = newest.arn if newest.image == image else ecs.register(newest, image)
    before = None if now.course is None else now.course.arn
    desired = ecs.target.least_tasks if now.service.desired == 0 else None
    ecs.update(definition, desired, again=definition == now.service.definition)
    return follow(following, lambda: begun(following, before))


def _join(following: Following, course: Course) -> Deployment:
    """Wait for a deployment that runs already, if it is of the same image.

    Raises:
        OutcomeError: It is of another one.
    """
    ecs = following.ecs
    going = ecs.image_of(course.target)
    if going != following.image:
        raise OutcomeError(
            f"A deployment of {going} is in progress: {course.words()}.",
            "Wait for its end and deploy then.",
            code="deploy_in_progress",
        )
    following.tell("This image is being deployed already: waiting for the end.")
    source = ecs.image_of(course.source) if course.source else ""
    following.previous = None if not source or is_placeholder(source) else source
    return follow(following, lambda: course)


def _note_last(ecs: Ecs, last: Course | None, image: str, tell: Tell) -> None:
    if last is None or last.status == "SUCCESSFUL" or not last.target or ecs.image_of(last.target) != image:
        return
    why = "; ".join(last.causes) or last.status.lower().replace("_", " ")
    tell(f"The last deployment of this image did not succeed ({why}): trying again.")
