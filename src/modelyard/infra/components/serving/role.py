"""An IAM role that one AWS service assumes, with what it may do written next to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import Statement, document


@dataclass(frozen=True, kw_only=True)
class ServiceRoleArgs:
    """Who assumes it and what it may do.

    Attributes:
        role_name: Physical name, at most 64 characters.
        service: Principal, such as `ecs-tasks.amazonaws.com`.
        statements: IAM statements of its inline policy; values may be outputs.
        managed: Policies that are kept elsewhere: name -> ARN.
        account: Where given, only calls on behalf of this account may assume it (no confused deputy).
        actions: EKS also needs `sts:TagSession`.
        session: Tags that the session must bear, such as the namespace of a pod.
    """

    role_name: str
    service: str
    statements: Sequence[Statement] = ()
    managed: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    account: pulumi.Input[str] | None = None
    actions: tuple[str, ...] = ("sts:AssumeRole",)
    session: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class ServiceRole(pulumi.ComponentResource):
    """Makes an `iam.Role`, its inline policy and its attachments."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:serving:ServiceRole", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            name=args.role_name,
            assume_role_policy=_trust(args),
            max_session_duration=3600,
            opts=mine,
        )
        if args.statements:
            aws.iam.RolePolicy(
                f"{name}-allows", name="allows", role=role.name, policy=document(args.statements), opts=mine
            )
        for what, arn in args.managed.items():
            aws.iam.RolePolicyAttachment(f"{name}-{what}", role=role.name, policy_arn=arn, opts=mine)
        self.arn = role.arn
        self.name = role.name
        self.register_outputs({"arn": self.arn, "name": self.name})


def bound_every_role(boundary: pulumi.Input[str]) -> None:
    """Put every role that this program makes from now on under the account's boundary: no role may be made without."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != "aws:iam/role:Role":
            return None
        return pulumi.ResourceTransformationResult({**args.props, "permissions_boundary": boundary}, args.opts)

    pulumi.runtime.register_stack_transformation(transform)


def _trust(args: ServiceRoleArgs) -> pulumi.Output[str]:
    trust: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": args.service},
        "Action": list(args.actions) if len(args.actions) > 1 else args.actions[0],
    }
    bound = {} if args.account is None else {"aws:SourceAccount": args.account}
    bound |= {f"aws:RequestTag/{tag}": value for tag, value in args.session.items()}
    if bound:
        trust["Condition"] = {"StringEquals": bound}
    return document([trust])
