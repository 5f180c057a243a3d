"""Where an image goes: the names that the platform's layers gave to cluster, service, repository and alarms."""

from dataclasses import dataclass
from typing import Literal, Self

from modelyard.errors import RequestError
from modelyard.infra.components.names import physical
from modelyard.infra.platform import EnvName, Platform, known

CONTAINER = "server"
_ALARMS = ("errors", "latency", "unhealthy")
ROUND_MINUTES = 60
"""What starting, draining and clean-up may take, beside the two bake times."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One service in one environment.

    Attributes:
        cluster: Of ECS or EKS, by `backend`.
        service: Name of the ECS service and of its task definitions' family.
        repository: Name of the ECR repository, the only one whose images its tasks may pull.
        alarms: Names of the alarms that the `project` layer makes.
        least_tasks: What a service that has no task yet begins with.
        limit_s: A deployment that takes longer is no longer waited for.
    """

    project: str
    env: EnvName
    account: str
    region: str
    backend: Literal["ecs", "kubernetes"]
    cluster: str
    service: str
    repository: str
    alarms: tuple[str, ...]
    least_tasks: int
    limit_s: float

    @classmethod
    def of(cls, platform: Platform, env: str, project: str) -> Self:
        """Return the target of a project's environment.

        Raises:
            RequestError: The platform lacks the environment or the project.
        """
        name = known(platform, env)
        _known_project(platform, project)
        service = platform.environments[name].service
        what = "serving" if service.backend == "ecs" else "cluster"
        return cls(
            project=project,
            env=name,
            account=platform.account_of(name),
            region=platform.region_of(name),
            backend=service.backend,
            cluster=physical(platform.name, name, what, 255 if service.backend == "ecs" else 100),
            service=physical(project, name, "server", 255),
            repository=physical(project, name, "", 256),
            alarms=tuple(physical(project, name, alarm, 255) for alarm in _ALARMS),
            least_tasks=service.min_tasks,
            limit_s=(service.canary_minutes + service.bake_minutes + ROUND_MINUTES) * 60.0,
        )

    @property
    def registry(self) -> str:
        """Return the host of the account's image registry."""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"

    @property
    def repository_url(self) -> str:
        """Return what images are pushed to."""
        return f"{self.registry}/{self.repository}"


def _known_project(platform: Platform, project: str) -> None:
    if project in platform.projects:
        return
    names = ", ".join(platform.projects) or "none"
    raise RequestError(
        f"{project!r} is not among the repositories of platform.yaml ({names}).",
        f"Add {{name: {project}}} to `repositories` there, and run `modelyard infra up`.",
        code="no_service",
    )


def is_placeholder(image: str) -> bool:
    """Tell whether an image is the one that a service is made with, which nothing can pull."""
    return image.endswith(":none")
