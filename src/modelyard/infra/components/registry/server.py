"""The MLflow server on Fargate: its cluster, task, service and scaling."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import Statement
from modelyard.infra.components.project.scaling import Scaling, ScalingArgs
from modelyard.infra.components.registry.groups import PORT
from modelyard.infra.components.registry.permissions import artifacts, starts
from modelyard.infra.components.registry.secret import OwnSecret, OwnSecretArgs
from modelyard.infra.components.registry.task import ContainerArgs, Storage, containers
from modelyard.infra.components.serving.logs import Logs, LogsArgs
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

_TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class ServerArgs:
    """`tag` names the image; the first tasks start when the workflow has pushed it and raises the count from 0."""

    project: str
    env: str
    region: str
    account: str
    repository_url: pulumi.Input[str]
    repository_arn: pulumi.Input[str]
    tag: str
    cpu: int
    memory_mb: int
    min_tasks: int
    max_tasks: int
    database: pulumi.Input[str]
    database_secret: pulumi.Input[str]
    storage: Storage
    hosts: Sequence[pulumi.Input[str]]
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]
    target_group_arn: pulumi.Input[str]
    listener: pulumi.Resource
    logs_key_arn: pulumi.Input[str]
    log_days: int
    keep: bool


class Server(pulumi.ComponentResource):
    """Produces an ECS cluster, the task with its two roles and log group, the service, and its scaling."""

    def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:registry:Server", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.called = names.physical(args.project, args.env, "registry")
        own = names.path(args.project, args.env, "registry")
        logs = LogsArgs(group_name=own, key_arn=args.logs_key_arn, days=args.log_days)
        self.logs = Logs(name, logs, self._child)
        secret = OwnSecretArgs(name=own, key_arn=args.storage.key_arn, keep=args.keep)
        self.secret_arn = OwnSecret(name, secret, self._child).arn
        self.cluster = aws.ecs.Cluster(
            name, name=self.called, settings=[{"name": "containerInsights", "value": "enhanced"}], opts=self._child
        )
        self.service = self._service(self._task())
        if args.max_tasks > args.min_tasks:
            self._scaling()
        self.cluster_name, self.service_name = self.cluster.name, self.service.name
        self.register_outputs({"cluster": self.cluster_name, "service": self.service_name})

    def _role(self, what: str, statements: list[Statement]) -> pulumi.Output[str]:
        args = ServiceRoleArgs(
            role_name=names.physical(self._args.project, self._args.env, f"registry-{what}", 64),
            service=_TASKS,
            statements=statements,
            account=self._args.account,
        )
        return ServiceRole(f"{self._name}-{what}", args, self._child).arn

    def _task(self) -> aws.ecs.TaskDefinition:
        args = self._args
        container = ContainerArgs(
            image=pulumi.Output.concat(args.repository_url, ":", args.tag),
            region=args.region,
            log_group=self.logs.name,
            database=args.database,
            database_secret=args.database_secret,
            own_secret=self.secret_arn,
            storage=args.storage,
            hosts=args.hosts,
            workers=max(2, args.cpu // 512),
        )
        start = starts(
            args.repository_arn, self.logs.arn, [args.database_secret, self.secret_arn], args.storage.key_arn
        )
        return aws.ecs.TaskDefinition(
            self._name,
            family=self.called,
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
            cpu=str(args.cpu),
            memory=str(args.memory_mb),
            execution_role_arn=self._role("execution", start),
            task_role_arn=self._role("task", artifacts(args.storage)),
            volumes=[{"name": "tmp"}],
            container_definitions=containers(container),
            skip_destroy=True,
            opts=self._child,
        )

    def _service(self, task: aws.ecs.TaskDefinition) -> aws.ecs.Service:
        args = self._args
        return aws.ecs.Service(
            self._name,
            name=self.called,
            cluster=self.cluster.arn,
            task_definition=task.arn,
            desired_count=0,
            launch_type="FARGATE",
            platform_version="LATEST",
            propagate_tags="SERVICE",
            enable_ecs_managed_tags=True,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            health_check_grace_period_seconds=180,
            network_configuration={
                "subnets": args.subnet_ids,
                "security_groups": [args.security_group_id],
                "assign_public_ip": False,
            },
            load_balancers=[
                {"target_group_arn": args.target_group_arn, "container_name": "mlflow", "container_port": PORT}
            ],
            # the workflow raises it once there is an image; afterwards scaling moves it
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["desiredCount"], depends_on=[args.listener]),
        )

    def _scaling(self) -> None:
        args = ScalingArgs(
            project=self._args.project,
            env=self._args.env,
            cluster_name=self.cluster.name,
            service_name=self.service.name,
            min_tasks=self._args.min_tasks,
            max_tasks=self._args.max_tasks,
        )
        Scaling(self._name, args, self._child)
