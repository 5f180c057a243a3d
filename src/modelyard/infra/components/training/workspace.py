"""Managed Prometheus, for what CloudWatch is too coarse for: kept with a key of its own, written by the agent alone."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import Statement, allow
from modelyard.infra.components.key import CustomerKey, CustomerKeyArgs

_USES = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey")


@dataclass(frozen=True, kw_only=True)
class WorkspaceArgs:
    """Whose metrics these are."""

    project: str
    env: str
    account: str


class Workspace(pulumi.ComponentResource):
    """Makes an `amp.Workspace` and its key.

    It is made where its writer is: one without would be empty.
    """

    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(self, name: str, args: WorkspaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Workspace", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        called = names.workspace(args.project, args.env)
        key = CustomerKey(name, CustomerKeyArgs(alias=called, description="Prometheus", account=args.account), mine)
        workspace = aws.amp.Workspace(name, alias=called, kms_key_arn=key.arn, opts=mine)
        self.arn, self.endpoint, self.key_arn = workspace.arn, workspace.prometheus_endpoint, key.arn
        self.register_outputs({"arn": self.arn, "endpoint": self.endpoint})

    def writing(self) -> list[Statement]:
        """Return what lets a role write into it.

        Whom a workspace is shared with needs its key too (CloudFormation, AWS::APS::ResourcePolicy).
        """
        return [allow("Remember", ["aps:RemoteWrite"], [self.arn]), allow("Key", _USES, [self.key_arn])]
