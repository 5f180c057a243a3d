"""Brings an image to a Deployment, waits, and takes it back when its pods do not become ready."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from modelyard.deploy.kubernetes.access import Access, of_eks
from modelyard.deploy.kubernetes.api import Api
from modelyard.deploy.kubernetes.rollout import Rollout, patch
from modelyard.deploy.outcome import Deployment, State, Tell, left_running
from modelyard.deploy.patience import patiently
from modelyard.deploy.target import Target, is_placeholder
from modelyard.errors import ModelyardError, OutcomeError
from modelyard.progress import Progress

NAMESPACE = "serving"


@dataclass
class _Roll:
    api: Api
    target: Target
    image: str
    previous: str | None
    every_s: float
    report: Progress
    tell: Tell

    def result(self, state: State, reason: str = "") -> Deployment:
        return Deployment(state=state, image=self.image, previous=self.previous, reason=reason)


def roll(  # noqa: PLR0913 - as on ECS
    image: str,
    target: Target,
    every_s: float,
    report: Progress,
    tell: Tell,
    way: Callable[[Target], Access] = of_eks,
) -> Deployment:
    """Bring the image out; see `deploy`. `way` finds the way into the cluster."""
    api = Api(way(target), NAMESPACE, target.project)
    now = api.read()
    rolling = _Roll(api, target, image, _previous(now), every_s, report, tell)
    if now.image == image and now.replicas:
        return _same(rolling, now)
    if now.replicas and not (now.complete or now.given_up):
        raise OutcomeError(
            f"A deployment of {now.image} is in progress: {now.words()}.",
            "Wait for its end and deploy then.",
            code="deploy_in_progress",
        )
    with left_running("in the cluster", _look(rolling)):
        count = None if now.replicas else target.least_tasks
        api.change(patch(image, replicas=count, previous=rolling.previous or ""))
        return _follow(rolling)


def _same(rolling: _Roll, now: Rollout) -> Deployment:
    """Return what is to be said of an image that the Deployment names already: it runs, or is waited for."""
    if now.complete:
        rolling.previous = now.image
        return rolling.result("unchanged", "The service runs this image already.")
    rolling.previous = now.previous or None
    rolling.tell("This image is being deployed already: waiting for the end.")
    with left_running("in the cluster", _look(rolling)):
        return _follow(rolling)


def _previous(now: Rollout) -> str | None:
    return None if is_placeholder(now.image) or not now.replicas else now.image


def _follow(rolling: _Roll) -> Deployment:
    end = _until_settled(rolling, rolling.image)
    if end is None:
        return rolling.result("running", f"it has not ended in {rolling.target.limit_s / 60:.0f} minutes")
    if end.complete:
        return rolling.result("completed")
    why = "; ".join([end.stalled, *_troubles(rolling, end)[:3]])
    return _taken_back(rolling, why)


def _taken_back(rolling: _Roll, why: str) -> Deployment:
    if rolling.previous is None:
        rolling.api.change(patch(replicas=0))
        return rolling.result(
            "failed", f"{why}; there is no earlier image to go back to; the service has no pods again"
        )
    rolling.tell(f"Taking it back: {why}")
    rolling.api.change(patch(rolling.previous))
    end = _until_settled(rolling, rolling.previous)
    if end is None or not end.complete:
        return rolling.result("failed", f"{why}; and {rolling.previous} does not become ready again")
    return rolling.result("rolled_back", why)


def _until_settled(rolling: _Roll, image: str) -> Rollout | None:
    """Return the last look at the rollout of `image`; None when it takes longer than it may.

    Raises:
        OutcomeError: Somebody else has changed the image meanwhile.
    """
    deadline, said = time.monotonic() + rolling.target.limit_s, ""
    while True:
        now = patiently(rolling.api.read)
        if now.image != image:
            raise OutcomeError(f"Somebody else deployed {now.image} at the same time.", code="overtaken")
        if now.complete or now.given_up:
            return now
        if now.words() != said:
            said = now.words()
            rolling.tell(said)
        rolling.report("deploy", now.available, now.replicas)
        if time.monotonic() > deadline:
            return None
        time.sleep(rolling.every_s)


def _troubles(rolling: _Roll, end: Rollout) -> list[str]:
    try:
        return rolling.api.troubles(end.labels)
    except ModelyardError:  # that it failed is known; only the details are not
        return []


def _look(rolling: _Roll) -> str:
    return f"kubectl --namespace {NAMESPACE} rollout status deployment/{rolling.target.project}"
