"""An AWS role for one Kubernetes service account, through EKS Pod Identity: no long-lived key, no OIDC provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import Statement
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs


@dataclass(frozen=True, kw_only=True)
class PodIdentityArgs:
    """Which service account gets which rights; `managed` is name -> ARN of a policy kept elsewhere."""

    role_name: str
    account: pulumi.Input[str]
    cluster: pulumi.Input[str]
    namespace: str
    service_account: str
    statements: Sequence[Statement] = ()
    managed: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class PodIdentity(pulumi.ComponentResource):
    """Makes the role and an `eks.PodIdentityAssociation`."""

    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: PodIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:PodIdentity", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        role_args = ServiceRoleArgs(
            role_name=args.role_name,
            service="pods.eks.amazonaws.com",
            actions=("sts:AssumeRole", "sts:TagSession"),
            statements=args.statements,
            managed=args.managed,
            account=args.account,
            # whatever else is associated with it: only this service account may use it (EKS user guide, Pod Identity)
            session={
                "eks-cluster-name": args.cluster,
                "kubernetes-namespace": args.namespace,
                "kubernetes-service-account": args.service_account,
            },
        )
        role = ServiceRole(name, role_args, mine)
        aws.eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=role.arn,
            opts=mine,
        )
        self.role_arn = role.arn
        self.register_outputs({"role_arn": self.role_arn})
