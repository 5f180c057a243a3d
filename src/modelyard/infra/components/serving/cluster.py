"""The ECS cluster of an environment: Fargate only, with Container Insights."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names


@dataclass(frozen=True, kw_only=True)
class ServiceClusterArgs:
    """Whose cluster it is."""

    project: str
    env: str


class ServiceCluster(pulumi.ComponentResource):
    """Makes an `ecs.Cluster` and its capacity providers."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:serving:ServiceCluster", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        cluster = aws.ecs.Cluster(
            name,
            name=names.physical(args.project, args.env, "serving", 255),
            settings=[{"name": "containerInsights", "value": "enhanced"}],
            opts=mine,
        )
        # Only on demand: a service that answers is not interrupted to save a few dollars.
        aws.ecs.ClusterCapacityProviders(
            f"{name}-capacity",
            cluster_name=cluster.name,
            capacity_providers=["FARGATE"],
            default_capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1, "base": 1}],
            opts=mine,
        )
        self.arn = cluster.arn
        self.name = cluster.name
        self.register_outputs({"arn": self.arn, "name": self.name})
