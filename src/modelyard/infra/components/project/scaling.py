"""How many tasks a service has: between two bounds, by CPU."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    """Bounds and aim. While a service has no task at all (before its first image) nothing scales it."""

    project: str
    env: str
    cluster_name: pulumi.Input[str]
    service_name: pulumi.Input[str]
    min_tasks: int
    max_tasks: int
    cpu_percent: float = 60


class Scaling(pulumi.ComponentResource):
    """Makes an `appautoscaling.Target` and a target tracking policy.

    By CPU and not by requests per target: the latter names one target group, and traffic moves between two.
    """

    def __init__(self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Scaling", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        target = aws.appautoscaling.Target(
            name,
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.concat("service/", args.cluster_name, "/", args.service_name),
            min_capacity=args.min_tasks,
            max_capacity=args.max_tasks,
            opts=mine,
        )
        aws.appautoscaling.Policy(
            f"{name}-cpu",
            name=names.physical(args.project, args.env, "cpu", 255),
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
                "target_value": args.cpu_percent,
                "scale_out_cooldown": 60,
                "scale_in_cooldown": 300,
            },
            opts=mine,
        )
        self.register_outputs({})
