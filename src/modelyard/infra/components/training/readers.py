"""Who may ask Prometheus: the releases of each project, whose judge reads what the servers counted."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import allow, document


@dataclass(frozen=True, kw_only=True)
class ReadersArgs:
    """What may be asked, its key, and the role of each project's releases by name."""

    project: str
    env: str
    workspace_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    roles: Mapping[str, pulumi.Input[str]]


class Readers(pulumi.ComponentResource):
    """Makes one `iam.Policy` that allows questions to this workspace, and attaches it to each role."""

    def __init__(self, name: str, args: ReadersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Readers", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        statements = [
            allow("Ask", ["aps:QueryMetrics"], [args.workspace_arn]),
            allow("Key", ["kms:Decrypt"], [args.key_arn]),
        ]
        called = names.physical(args.project, args.env, "ask-metrics", 128)
        policy = aws.iam.Policy(name, name=called, policy=document(statements), opts=mine)
        for project, role in args.roles.items():
            aws.iam.RolePolicyAttachment(f"{name}-{project}", role=role, policy_arn=policy.arn, opts=mine)
        self.register_outputs({})
