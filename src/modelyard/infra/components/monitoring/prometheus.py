"""Managed Prometheus for what CloudWatch is too coarse for, and Grafana to look at it; both off by default."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import allow
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

_READS = (
    "aps:ListWorkspaces",
    "aps:DescribeWorkspace",
    "aps:QueryMetrics",
    "aps:GetLabels",
    "aps:GetSeries",
    "aps:GetMetricMetadata",
)


@dataclass(frozen=True, kw_only=True)
class PrometheusArgs:
    """The key of its data, and whether Grafana stands before it (that needs IAM Identity Center in the account)."""

    project: str
    env: str
    account: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    grafana: bool = False


class Prometheus(pulumi.ComponentResource):
    """Makes an `amp.Workspace` and, where asked, a `grafana.Workspace` whose role may read only it."""

    endpoint: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: PrometheusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:Prometheus", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        called = names.physical(args.project, args.env, "metrics", 64)
        workspace = aws.amp.Workspace(name, alias=called, kms_key_arn=args.key_arn, opts=mine)
        if args.grafana:
            reads = allow("Read", _READS, [workspace.arn])
            role_args = ServiceRoleArgs(
                role_name=names.physical(args.project, args.env, "grafana", 64),
                service="grafana.amazonaws.com",
                statements=[reads],
                account=args.account,
            )
            aws.grafana.Workspace(
                f"{name}-grafana",
                name=called,
                account_access_type="CURRENT_ACCOUNT",
                authentication_providers=["AWS_SSO"],
                permission_type="CUSTOMER_MANAGED",
                data_sources=["PROMETHEUS", "CLOUDWATCH"],
                role_arn=ServiceRole(f"{name}-grafana", role_args, mine).arn,
                opts=mine,
            )
        self.endpoint = workspace.prometheus_endpoint
        self.arn = workspace.arn
        self.register_outputs({"endpoint": self.endpoint, "arn": self.arn})
