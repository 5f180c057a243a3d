"""The first task definition of a service; every later one is registered by `modelyard deploy` with another image."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names

CONTAINER = "server"
PORT = 8000
_USER = "10001"  # as in the image's Dockerfile
_ALIVE = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{PORT}/healthz', timeout=3)"


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """What runs, with how much, and as whom.

    Attributes:
        image: Repository URL with a tag; nothing pulls it before `deploy` has set a real one.
        memory_mb: One that Fargate offers for this `cpu`.
        secrets: Variable -> ARN of a secret; no secret is ever in the environment.
        log_group: Name of the group that takes the server's lines, its metrics among them.
    """

    project: str
    env: str
    region: str
    image: pulumi.Input[str]
    cpu: int
    memory_mb: int
    task_role_arn: pulumi.Input[str]
    execution_role_arn: pulumi.Input[str]
    log_group: pulumi.Input[str]
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class Task(pulumi.ComponentResource):
    """Makes an `ecs.TaskDefinition`."""

    arn: pulumi.Output[str]
    family: str

    def __init__(self, name: str, args: TaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Task", name, None, opts)
        self.family = names.physical(args.project, args.env, "server", 255)
        task = aws.ecs.TaskDefinition(
            name,
            family=self.family,
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
            cpu=str(args.cpu),
            memory=str(args.memory_mb),
            task_role_arn=args.task_role_arn,
            execution_role_arn=args.execution_role_arn,
            volumes=[{"name": "tmp"}],
            container_definitions=_containers(args),
            skip_destroy=True,  # earlier revisions are what a rollback goes back to
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = task.arn
        self.register_outputs({"arn": self.arn, "family": self.family})


def _containers(args: TaskArgs) -> pulumi.Output[str]:
    known = {"MODELYARD_ENV": args.env, "MODELYARD_WORKERS": str(max(1, args.cpu // 1024))}
    server: dict[str, Any] = {
        "name": CONTAINER,
        "image": args.image,
        "essential": True,
        "user": _USER,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "portMappings": [{"name": "http", "containerPort": PORT, "hostPort": PORT, "protocol": "tcp"}],
        "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}],  # noqa: S108
        "environment": [{"name": n, "value": v} for n, v in {**known, **args.variables}.items()],
        "secrets": [{"name": name, "valueFrom": arn} for name, arn in args.secrets.items()],
        "healthCheck": {
            "command": ["CMD", "python", "-c", _ALIVE],
            "interval": 15,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 60,
        },
        "stopTimeout": 60,  # captures are written before the end
        "logConfiguration": {"logDriver": "awslogs", "options": _logs(args)},
    }
    return pulumi.Output.all(server).apply(lambda found: json.dumps(found, sort_keys=True))


def _logs(args: TaskArgs) -> dict[str, pulumi.Input[str]]:
    # a log service that is slow must not make predictions slow
    unhurried = {"mode": "non-blocking", "max-buffer-size": "25m"}
    return {
        "awslogs-group": args.log_group,
        "awslogs-region": args.region,
        "awslogs-stream-prefix": "server",
        **unhurried,
    }
