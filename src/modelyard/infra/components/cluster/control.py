"""The EKS cluster in Auto Mode: AWS runs nodes, GPU drivers, storage and load balancing; the API is private."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.serving.logs import Logs, LogsArgs

_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_POOLS = ("general-purpose", "system")


@dataclass(frozen=True, kw_only=True)
class ControlPlaneArgs:
    """Version, place, keys and who reaches the API.

    Attributes:
        subnets: Private ones in two zones or more.
        secrets_key_arn: Encrypts Kubernetes secrets in etcd.
        logs_key_arn: Encrypts the audit log; its policy allows CloudWatch Logs.
        public_access_cidrs: Ranges that reach the API from outside; empty: nobody.
        clients: Name -> security group that reaches the private endpoint, such as the runners'.
    """

    project: str
    env: str
    version: str
    subnets: pulumi.Input[Sequence[pulumi.Input[str]]]
    role_arn: pulumi.Input[str]
    node_role_arn: pulumi.Input[str]
    secrets_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    log_days: int
    service_cidr: str = "172.20.0.0/16"
    public_access_cidrs: Sequence[str] = ()
    clients: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    deletion_protection: bool = False

    def __post_init__(self) -> None:
        if "0.0.0.0/0" in self.public_access_cidrs:
            raise ValueError("0.0.0.0/0 would show the cluster to the whole internet; name your own addresses.")


class ControlPlane(pulumi.ComponentResource):
    """Makes the log group, an `eks.Cluster`, and one rule per client.

    The three Auto Mode switches must agree, and the self-managed add-ons must be off from the start: left out, they
    silently turn Auto Mode off, or replace the cluster.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: ControlPlaneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:ControlPlane", name, None, opts)
        self._name, self._args = name, args
        cluster = self._cluster()
        self.name, self.arn, self.endpoint = cluster.name, cluster.arn, cluster.endpoint
        self.certificate = cluster.certificate_authority.data
        self.security_group_id = cluster.vpc_config.cluster_security_group_id
        for client, group in args.clients.items():
            self._let_in(client, group)
        self.register_outputs({"name": self.name, "arn": self.arn, "endpoint": self.endpoint})

    def _cluster(self) -> aws.eks.Cluster:
        args = self._args
        called = names.physical(args.project, args.env, "cluster", 100)
        # before the cluster: EKS would make the group itself, without a key and for ever
        group = f"/aws/eks/{called}/cluster"
        logs = Logs(
            f"{self._name}-log",
            LogsArgs(group_name=group, key_arn=args.logs_key_arn, days=args.log_days),
            pulumi.ResourceOptions(parent=self),
        )
        return aws.eks.Cluster(
            self._name,
            name=called,
            version=args.version,
            role_arn=args.role_arn,
            bootstrap_self_managed_addons=False,
            compute_config={"enabled": True, "node_pools": list(_POOLS), "node_role_arn": args.node_role_arn},
            storage_config={"block_storage": {"enabled": True}},
            kubernetes_network_config={
                "elastic_load_balancing": {"enabled": True},
                "ip_family": "ipv4",
                "service_ipv4_cidr": args.service_cidr,
            },
            vpc_config={
                "subnet_ids": args.subnets,
                "endpoint_private_access": True,
                "endpoint_public_access": bool(args.public_access_cidrs),
                "public_access_cidrs": list(args.public_access_cidrs) or None,
            },
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
            encryption_config={"provider": {"key_arn": args.secrets_key_arn}, "resources": ["secrets"]},
            enabled_cluster_log_types=list(_LOGS),
            upgrade_policy={"support_type": "STANDARD"},
            zonal_shift_config={"enabled": True},
            deletion_protection=args.deletion_protection,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[logs],
                ignore_changes=["bootstrapSelfManagedAddons"],
                protect=args.deletion_protection,
            ),
        )

    def _let_in(self, client: str, group: pulumi.Input[str]) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-from-{client}",
            security_group_id=self.security_group_id,
            referenced_security_group_id=group,
            description=f"The API, from {client}",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=pulumi.ResourceOptions(parent=self),
        )
