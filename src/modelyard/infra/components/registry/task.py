"""MLflow's container: read-only, without privileges, its secrets from Secrets Manager."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from modelyard.infra.components.registry.groups import DATABASE_PORT, PORT

_ALIVE = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{PORT}/health', timeout=3)"
_USER = "10001:10001"  # as in the image's Dockerfile


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Where artifacts lie: clients go through the server and need no right on the bucket."""

    bucket: pulumi.Input[str]
    arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    prefix: str = "_mlflow"  # no project can be called so


@dataclass(frozen=True, kw_only=True)
class ContainerArgs:
    """`hosts` are the names by which the server may be called; everything else is refused (DNS rebinding)."""

    image: pulumi.Input[str]
    region: str
    log_group: pulumi.Input[str]
    database: pulumi.Input[str]
    database_secret: pulumi.Input[str]
    own_secret: pulumi.Input[str]
    storage: Storage
    hosts: Sequence[pulumi.Input[str]]
    workers: int


def containers(args: ContainerArgs) -> pulumi.Output[str]:
    """Return the container definitions of the task."""
    server: dict[str, Any] = {
        "name": "mlflow",
        "image": args.image,
        "essential": True,
        "user": _USER,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "portMappings": [{"name": "http", "containerPort": PORT, "hostPort": PORT, "protocol": "tcp"}],
        "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}],  # noqa: S108
        "environment": [{"name": name, "value": value} for name, value in _variables(args).items()],
        "secrets": [{"name": name, "valueFrom": where} for name, where in _secrets(args).items()],
        "healthCheck": {
            "command": ["CMD", "python", "-c", _ALIVE],
            "interval": 30,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 120,
        },
        "stopTimeout": 30,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": args.log_group,
                "awslogs-region": args.region,
                "awslogs-stream-prefix": "mlflow",
            },
        },
    }
    return pulumi.Output.json_dumps([server], sort_keys=True)


def _variables(args: ContainerArgs) -> dict[str, pulumi.Input[str]]:
    bucket, prefix = args.storage.bucket, args.storage.prefix
    hosts = pulumi.Output.all(*args.hosts).apply(",".join)
    return {
        "AWS_DEFAULT_REGION": args.region,
        "REGISTRY_DATABASE": pulumi.Output.concat(args.database, f":{DATABASE_PORT}/mlflow?sslmode=require"),
        "REGISTRY_ARTIFACTS": pulumi.Output.concat("s3://", bucket, f"/{prefix}"),
        "REGISTRY_HOSTS": hosts,
        "REGISTRY_PORT": str(PORT),
        "REGISTRY_WORKERS": str(args.workers),
        # closes the way to make the server fetch from addresses of somebody's choice
        "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX": pulumi.Output.concat(
            "^mlflow-artifacts:/.*|^s3://", bucket, "/"
        ),
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    }


def _secrets(args: ContainerArgs) -> dict[str, pulumi.Output[str]]:
    part = {
        "REGISTRY_USER": (args.database_secret, "username"),
        "REGISTRY_PASSWORD": (args.database_secret, "password"),
        "MLFLOW_AUTH_ADMIN_PASSWORD": (args.own_secret, "admin_password"),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": (args.own_secret, "session_key"),
    }
    return {name: pulumi.Output.concat(secret, f":{key}::") for name, (secret, key) in part.items()}
