"""When the database's password has been rotated, the server's tasks are replaced: they read it only when they start."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import allow
from modelyard.infra.components.serving.logs import Logs, LogsArgs
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

_CODE = '''"""Replaces the tasks of one service."""

import os

import boto3


def handler(event, context):
    boto3.client("ecs").update_service(
        cluster=os.environ["CLUSTER"], service=os.environ["SERVICE"], forceNewDeployment=True
    )
'''


@dataclass(frozen=True, kw_only=True)
class RotationArgs:
    """Whose secret, and whose tasks."""

    project: str
    env: str
    account: str
    secret_arn: pulumi.Input[str]
    cluster: aws.ecs.Cluster
    service: aws.ecs.Service
    logs_key_arn: pulumi.Input[str]
    log_days: int


class Rotation(pulumi.ComponentResource):
    """Produces the rule on the secret's own event, and the function that asks ECS for new tasks."""

    def __init__(self, name: str, args: RotationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:registry:Rotation", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._called = names.physical(args.project, args.env, "registry-rotation", 64)
        function = self._function(f"{name}-rotation")
        pattern = {
            "source": ["aws.secretsmanager"],
            "detail-type": ["Secret Label Updated"],
            "resources": [args.secret_arn],
            "detail": {"labelUpdated": ["AWSCURRENT"]},
        }
        rule = aws.cloudwatch.EventRule(
            name,
            name=self._called,
            description="The registry's database has a new password",
            event_pattern=pulumi.Output.json_dumps(pattern),
            opts=self._child,
        )
        aws.cloudwatch.EventTarget(name, rule=rule.name, arn=function.arn, opts=self._child)
        aws.lambda_.Permission(
            name,
            action="lambda:InvokeFunction",
            function=function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            source_account=args.account,
            opts=self._child,
        )
        self.register_outputs({"rule": rule.name})

    def _function(self, name: str) -> aws.lambda_.Function:
        args = self._args
        group = f"/aws/lambda/{self._called}"
        logs = Logs(name, LogsArgs(group_name=group, key_arn=args.logs_key_arn, days=args.log_days), self._child)
        restart = allow("Restart", ["ecs:UpdateService"], [args.service.id])
        write = allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], [pulumi.Output.concat(logs.arn, ":*")])
        role = ServiceRole(
            name,
            ServiceRoleArgs(role_name=self._called, service="lambda.amazonaws.com", statements=[restart, write]),
            self._child,
        )
        return aws.lambda_.Function(
            name,
            name=self._called,
            runtime="python3.13",
            architectures=["arm64"],
            handler="index.handler",
            code=pulumi.AssetArchive({"index.py": pulumi.StringAsset(_CODE)}),
            role=role.arn,
            timeout=30,
            memory_size=256,
            environment={"variables": {"CLUSTER": args.cluster.name, "SERVICE": args.service.name}},
            logging_config={"log_format": "JSON", "log_group": logs.name},
            opts=self._child,
        )
