"""The service: Fargate tasks in private subnets, rolled out as a canary that its alarms take back."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.project.targets import Targets
from modelyard.infra.components.project.task import CONTAINER, PORT


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """Where it runs, behind what, and how a new image rolls out.

    Attributes:
        alarms: Names of the alarms that roll a deployment back.
        canary_percent: Share of traffic that the new image gets first, for `canary_minutes`.
        bake_minutes: After all traffic moved, the old tasks stay for so long.
    """

    project: str
    env: str
    cluster_arn: pulumi.Input[str]
    subnets: pulumi.Input[Sequence[pulumi.Input[str]]]
    group_id: pulumi.Input[str]
    task_arn: pulumi.Input[str]
    targets: Targets
    balancing_role_arn: pulumi.Input[str]
    alarms: Sequence[pulumi.Input[str]]
    canary_percent: float = 10
    canary_minutes: int = 10
    bake_minutes: int = 10


class Service(pulumi.ComponentResource):
    """Makes an `ecs.Service` with desired count 0.

    `modelyard deploy` sets image and count; from then on both are left alone here.
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Service", name, None, opts)
        self._name, self._args = name, args
        self.name = self._service().name
        self.register_outputs({"name": self.name})

    def _service(self) -> aws.ecs.Service:
        args = self._args
        return aws.ecs.Service(
            self._name,
            name=names.physical(args.project, args.env, "server", 255),
            cluster=args.cluster_arn,
            task_definition=args.task_arn,
            desired_count=0,
            launch_type="FARGATE",
            platform_version="LATEST",
            network_configuration={
                "subnets": args.subnets,
                "security_groups": [args.group_id],
                "assign_public_ip": False,
            },
            deployment_controller={"type": "ECS"},
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_configuration={
                "strategy": "CANARY",
                "bake_time_in_minutes": str(args.bake_minutes),
                "canary_configuration": {
                    "canary_percent": args.canary_percent,
                    "canary_bake_time_in_minutes": str(args.canary_minutes),
                },
            },
            deployment_circuit_breaker={"enable": True, "rollback": True},
            alarms={"alarm_names": list(args.alarms), "enable": True, "rollback": True},
            load_balancers=[self._behind()],
            health_check_grace_period_seconds=60,
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=False,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["taskDefinition", "desiredCount"]),
        )

    def _behind(self) -> aws.ecs.ServiceLoadBalancerArgsDict:
        targets = self._args.targets
        return {
            "container_name": CONTAINER,
            "container_port": PORT,
            "target_group_arn": targets.blue_arn,
            "advanced_configuration": {
                "alternate_target_group_arn": targets.green_arn,
                "production_listener_rule": targets.rule_arn,
                "role_arn": self._args.balancing_role_arn,
            },
        }
