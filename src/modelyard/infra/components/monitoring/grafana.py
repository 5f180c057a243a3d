"""Managed Grafana, which shows what Prometheus keeps; it needs IAM Identity Center in the account."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import allow
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

_READS = (
    "aps:DescribeWorkspace",
    "aps:QueryMetrics",
    "aps:GetLabels",
    "aps:GetSeries",
    "aps:GetMetricMetadata",
)


@dataclass(frozen=True, kw_only=True)
class GrafanaArgs:
    """The workspace of Prometheus that it shows, and the key of what is in there."""

    project: str
    env: str
    account: str
    workspace_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class Grafana(pulumi.ComponentResource):
    """Makes a `grafana.Workspace` whose role may read that one workspace."""

    def __init__(self, name: str, args: GrafanaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # it was a part of that: made anew, its role would meet its own name
        before = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="modelyard:monitoring:Prometheus")])
        super().__init__("modelyard:monitoring:Grafana", name, None, pulumi.ResourceOptions.merge(opts, before))
        mine = pulumi.ResourceOptions(parent=self)
        role_args = ServiceRoleArgs(
            role_name=names.physical(args.project, args.env, "grafana", 64),
            service="grafana.amazonaws.com",
            statements=[
                allow("Read", _READS, [args.workspace_arn]),
                allow("Find", ["aps:ListWorkspaces"], ["*"]),  # has no resource
                allow("Key", ["kms:Decrypt"], [args.key_arn]),
            ],
            account=args.account,
        )
        aws.grafana.Workspace(
            f"{name}-grafana",
            name=names.workspace(args.project, args.env),
            account_access_type="CURRENT_ACCOUNT",
            authentication_providers=["AWS_SSO"],
            permission_type="CUSTOMER_MANAGED",
            data_sources=["PROMETHEUS", "CLOUDWATCH"],
            role_arn=ServiceRole(f"{name}-grafana", role_args, mine).arn,
            opts=mine,
        )
        self.register_outputs({})
