"""One deployment, whichever way the service runs."""

from dataclasses import dataclass

from modelyard.deploy.image import resolve
from modelyard.deploy.outcome import Deployment, Tell
from modelyard.deploy.target import Target
from modelyard.infra import caller
from modelyard.progress import Progress, silent


@dataclass(frozen=True, kw_only=True)
class DeployRequest:
    """Which image, where, and how often AWS is asked how far it is."""

    image: str
    target: Target
    every_s: float = 5.0


def deploy(request: DeployRequest, report: Progress = silent, tell: Tell = lambda _: None) -> Deployment:
    """Bring the image to the service and wait for the end.

    Args:
        request: What is asked for.
        report: How far it is.
        tell: Takes one line for each stage, and what a person should know.

    Raises:
        RequestError: The image, the service or the account is not what was named.
        OutcomeError: Nothing was begun: an alarm is on, or another deployment runs.
        OutsideError: AWS or the cluster does not answer.
        LeftRunningError: Interrupted while waiting.
    """
    target = request.target
    caller.must_be(target.account, target.region)
    image = resolve(request.image, target)
    tell(f"{request.image} is {image}")
    if target.backend == "kubernetes":
        from modelyard.deploy.kubernetes.roll import roll

        return roll(image, target, request.every_s, report, tell)
    from modelyard.deploy.ecs.roll import roll as roll_on_ecs

    return roll_on_ecs(image, target, request.every_s, report, tell)
