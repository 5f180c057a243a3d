"""The two roles of EKS Auto Mode: what the control plane may do with EC2, and what a node may do."""

from dataclasses import dataclass

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

# EKS user guide, Auto Mode cluster and node IAM roles; the block storage policy's V2 replaced the first in May 2026
_CONTROL = (
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicyV2",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
_NODE = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")


@dataclass(frozen=True, kw_only=True)
class ClusterRolesArgs:
    """Whose cluster."""

    project: str
    env: str


class ClusterRoles(pulumi.ComponentResource):
    """Makes the control plane's role and, another one as EKS asks, the nodes'."""

    control_arn: pulumi.Output[str]
    node_arn: pulumi.Output[str]
    node_name: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:ClusterRoles", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        control = ServiceRole(
            f"{name}-control",
            ServiceRoleArgs(
                role_name=names.physical(args.project, args.env, "cluster", 64),
                service="eks.amazonaws.com",
                actions=("sts:AssumeRole", "sts:TagSession"),
                managed=_managed(_CONTROL),
            ),
            mine,
        )
        node = ServiceRole(
            f"{name}-node",
            ServiceRoleArgs(
                role_name=names.physical(args.project, args.env, "node", 64),
                service="ec2.amazonaws.com",
                managed=_managed(_NODE),
            ),
            mine,
        )
        self.control_arn = control.arn
        self.node_arn, self.node_name = node.arn, node.name
        self.register_outputs({"control_arn": self.control_arn, "node_arn": self.node_arn})


def _managed(policies: tuple[str, ...]) -> dict[str, str]:
    return {policy: f"arn:aws:iam::aws:policy/{policy}" for policy in policies}
