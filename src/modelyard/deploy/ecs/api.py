"""What is asked of ECS and CloudWatch, each answer as a value of ours."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from modelyard.deploy.ecs.course import Course
from modelyard.deploy.ecs.definition import Definition
from modelyard.deploy.target import Target
from modelyard.errors import RequestError
from modelyard.infra import aws

_GONE = ("ClusterNotFoundException", "ServiceNotFoundException")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Service:
    """The service as it stands.

    Attributes:
        definition: ARN of the task definition that it runs, or is on its way to.
        alarms: Those that its deployments are rolled back by.
        events: The newest first: when, and what ECS says.
    """

    definition: str
    desired: int
    strategy: str
    alarms: tuple[str, ...]
    events: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True)
class Alarm:
    """An alarm and why it is in its state."""

    name: str
    state: str
    reason: str


@dataclass
class Ecs:
    """The service of one target."""

    target: Target
    _revisions: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        return aws.client("ecs", self.target.region)

    @property
    def _place(self) -> dict[str, str]:
        return {"cluster": self.target.cluster, "service": self.target.service}

    def service(self) -> Service:
        """Return the service.

        Raises:
            RequestError: There is none.
        """
        from botocore.exceptions import ClientError

        with aws.told(f"looking for the service {self.target.service}"):
            try:
                found = self._ecs.describe_services(cluster=self.target.cluster, services=[self.target.service])
            except ClientError as error:
                if aws.code(error) not in _GONE:
                    raise
                found = {}
        alive = [one for one in found.get("services", []) if one.get("status") == "ACTIVE"]
        if not alive:
            raise RequestError(
                f"There is no service {self.target.service} in cluster {self.target.cluster}.",
                f"Make it first: modelyard infra up --env {self.target.env} --layer project.",
                code="no_service",
            )
        return _service(alive[0])

    def definition(self, name: str) -> Definition:
        """Return a task definition by its ARN, or the newest of a family."""
        with aws.told(f"reading the task definition {name}"):
            found = self._ecs.describe_task_definition(taskDefinition=name, include=["TAGS"])
        return Definition(found["taskDefinition"], tuple((t["key"], t["value"]) for t in found.get("tags", [])))

    def register(self, definition: Definition, image: str) -> str:
        """Register a revision that differs in its image only, and return its ARN."""
        known = self._ecs.meta.service_model.operation_model("RegisterTaskDefinition").input_shape.members
        with aws.told(f"registering a task definition with {image}"):
            made = self._ecs.register_task_definition(**definition.with_image(image, set(known)))
        return made["taskDefinition"]["taskDefinitionArn"]

    def update(self, definition: str | None = None, desired: int | None = None, *, again: bool = False) -> None:
        """Begin a deployment of a definition, with another count of tasks where one is given.

        `again`: the service names this definition already, so that ECS would begin nothing by itself.
        """
        wanted = {"taskDefinition": definition, "desiredCount": desired, "forceNewDeployment": again or None}
        with aws.told(f"updating the service {self.target.service}"):
            self._ecs.update_service(**self._place, **{k: v for k, v in wanted.items() if v is not None})

    def newest(self) -> str | None:
        """Return the ARN of the youngest deployment that AWS remembers (90 days)."""
        found: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            with aws.told("listing deployments"):
                page = self._ecs.list_service_deployments(**self._place, maxResults=100, **more)
            found += page.get("serviceDeployments", [])
            if not page.get("nextToken"):
                break
            more = {"nextToken": page["nextToken"]}
        youngest = max(found, key=lambda one: one.get("createdAt", _LONG_AGO), default=None)
        return None if youngest is None else youngest["serviceDeploymentArn"]

    def course(self, arn: str) -> Course:
        """Return how far a deployment is."""
        with aws.told("asking how far the deployment is"):
            found = self._ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
        if not found:
            raise RequestError(f"AWS no longer knows the deployment {arn}.", "Deploy again.", code="no_deployment")
        return Course.of(found[0])

    def image_of(self, revision: str) -> str:
        """Return the image of a service revision, as its task definition names it."""
        if revision not in self._revisions:
            with aws.told("reading what a deployment runs"):
                found = self._ecs.describe_service_revisions(serviceRevisionArns=[revision])["serviceRevisions"]
            self._revisions[revision] = self.definition(found[0]["taskDefinition"]).image if found else ""
        return self._revisions[revision]

    def alarms(self, names: tuple[str, ...]) -> tuple[Alarm, ...]:
        """Return those of the alarms that exist."""
        if not names:
            return ()
        kinds = ["MetricAlarm", "CompositeAlarm"]
        with aws.told("reading the rollback alarms"):
            page = aws.client("cloudwatch", self.target.region).describe_alarms(
                AlarmNames=list(names), AlarmTypes=kinds
            )
        found = [*page.get("MetricAlarms", []), *page.get("CompositeAlarms", [])]
        return tuple(Alarm(one["AlarmName"], one["StateValue"], one.get("StateReason", "")) for one in found)


def _service(found: dict[str, Any]) -> Service:
    configured = found.get("deploymentConfiguration", {})
    alarms = configured.get("alarms", {})
    return Service(
        definition=found["taskDefinition"],
        desired=found.get("desiredCount", 0),
        strategy=configured.get("strategy", ""),
        alarms=tuple(alarms.get("alarmNames", ())) if alarms.get("enable") else (),
        events=tuple((one["createdAt"], one["message"]) for one in found.get("events", [])),
    )
