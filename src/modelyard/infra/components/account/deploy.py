"""What the workflows of an ML repository need to bring out a model or an image: exactly that."""

from dataclasses import dataclass

from modelyard.infra.components import names
from modelyard.infra.components.account import watch
from modelyard.infra.components.documents import Statement, allow

_PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
    "ecr:BatchGetImage",
    "ecr:DescribeImages",
)
_ROLL = (
    "ecs:UpdateService",
    "ecs:DescribeServices",
    "ecs:ListServiceDeployments",
    "ecs:DescribeServiceDeployments",
    "ecs:DescribeServiceRevisions",
    "ecs:StopServiceDeployment",
    "ecs:ContinueServiceDeployment",
)
TASK_ROLES = ("service-task", "service-execution")
TO_TASKS = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


@dataclass(frozen=True)
class Release:
    """Whose image and service: names that the layers `serving` and `project` give them."""

    platform: str
    project: str
    env: str
    account: str
    region: str


def statements(release: Release) -> list[Statement]:
    """Return the statements: push an image, register and roll a task, tell metrics, read alarms.

    After AWS's own minimum for deploying a task definition (aws-actions/amazon-ecs-deploy-task-definition, README).
    """
    own = names.physical(release.project, release.env, "server", 255)
    cluster = names.physical(release.platform, release.env, "serving", 255)
    repository = names.physical(release.project, release.env, "", 256)
    ecs = f"arn:aws:ecs:{release.region}:{release.account}"
    services = [f"{ecs}:{kind}/{cluster}/{own}" for kind in ("service", "service-deployment", "service-revision")]
    services = [services[0], *(f"{arn}/*" for arn in services[1:])]
    image = f"arn:aws:ecr:{release.region}:{release.account}:repository/{repository}"
    everywhere = {"StringEquals": {"aws:RequestedRegion": release.region}}
    return [
        allow("Push", _PUSH, [image]),
        allow("Login", ["ecr:GetAuthorizationToken"], ["*"]),  # has no resource
        allow("Register", ["ecs:RegisterTaskDefinition", "ecs:TagResource"], [f"{ecs}:task-definition/{own}:*"]),
        allow("ReadTasks", ["ecs:DescribeTaskDefinition"], ["*"], condition=everywhere),  # has no resource
        allow("Roll", _ROLL, services),
        allow("HandOver", ["iam:PassRole"], _task_roles(release), condition=TO_TASKS),
        watch.tell(),
        allow("Alarms", ["cloudwatch:DescribeAlarms"], [_alarms(release)]),
        allow("Judge", ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], ["*"], condition=everywhere),  # likewise
        allow("Find", ["elasticloadbalancing:DescribeLoadBalancers"], ["*"], condition=everywhere),  # has no resource
        allow("Enter", ["eks:DescribeCluster"], [_kubernetes(release)]),
    ]


def _kubernetes(release: Release) -> str:
    called = names.physical(release.platform, release.env, "cluster", 100)
    return f"arn:aws:eks:{release.region}:{release.account}:cluster/{called}"


def task_roles(project: str, env: str) -> list[str]:
    """Return the names of the roles that a service's task has, as the layer `project` makes them."""
    return [names.ending(project, env, kind, 64) for kind in TASK_ROLES]


def _task_roles(release: Release) -> list[str]:
    return [f"arn:aws:iam::{release.account}:role/{name}" for name in task_roles(release.project, release.env)]


def _alarms(release: Release) -> str:
    prefix = names.physical(release.project, release.env, "", 255)
    return f"arn:aws:cloudwatch:{release.region}:{release.account}:alarm:{prefix}-*"
