"""The most that any role of the platform can ever be allowed, whatever its own policies say."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.account import deploy
from modelyard.infra.components.documents import Statement, allow, deny, document

_OUT_OF_REACH = ("account:*", "organizations:*", "iam:*", "billing:*")


@dataclass(frozen=True, kw_only=True)
class BoundariesArgs:
    """`prefix` begins the names of both policies; `workflows` says whether there are roles to bound with `apply`."""

    prefix: str
    workflows: bool = True


class Boundaries(pulumi.ComponentResource):
    """Produces two policies: `workload` for every role a layer makes, `apply` for the role that makes them."""

    def __init__(self, name: str, args: BoundariesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:account:Boundaries", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.workload_arn = aws.iam.Policy(
            f"{name}-workload",
            name=f"{args.prefix}-boundary",
            description="The most a role made by a layer may do",
            policy=document([_all_but(_OUT_OF_REACH), *_yet()]),
            opts=child,
        ).arn
        self.apply_arn = self._apply(name, args, child) if args.workflows else self.workload_arn
        self.register_outputs({"workload": self.workload_arn, "apply": self.apply_arn})

    def _apply(self, name: str, args: BoundariesArgs, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
        return aws.iam.Policy(
            f"{name}-apply",
            name=f"{args.prefix}-apply-boundary",
            description="The most the roles of workflows may do",
            policy=document([_all_but(_OUT_OF_REACH[:2]), *_never()]),
            opts=child,
        ).arn


def _all_but(actions: tuple[str, ...]) -> Statement:
    # a boundary grants nothing: it only limits what other policies grant
    return {"Sid": "AllBut", "Effect": "Allow", "NotAction": list(actions), "Resource": ["*"]}


def _yet() -> list[Statement]:
    """Leave possible what is out of reach otherwise: a preview reads roles too, and an image needs its task's roles.

    By their ends, which no shortening takes away: a policy has room for a few names, a platform for many projects.
    """
    roles = [f"arn:aws:iam::*:role/*-{kind}" for kind in deploy.TASK_ROLES]
    return [
        allow("Look", ["iam:Get*", "iam:List*", "account:Get*"], ["*"]),
        allow("HandOver", ["iam:PassRole"], roles, condition=deploy.TO_TASKS),
    ]


def _never() -> list[Statement]:
    people = ["iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:*SAMLProvider"]
    trusted = ["iam:*OpenIDConnectProvider*", "iam:DeleteRolePermissionsBoundary", "iam:UpdateAccountPasswordPolicy"]
    return [deny("NoPeople", people, ["*"]), deny("NoNewTrust", trusted, ["*"])]


def may_make_roles(account: str, prefixes: list[str], boundary: pulumi.Input[str]) -> list[Statement]:
    """Return what lets a role make others: with these names, and only under the boundary."""
    roles = [f"arn:aws:iam::{account}:role/{start}" for prefix in prefixes for start in _starts(prefix)]
    policies = [f"arn:aws:iam::{account}:policy/{prefix}-*" for prefix in prefixes]
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    grow = ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"]
    shrink = ["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:TagRole", "iam:UntagRole",
              "iam:UpdateRole", "iam:UpdateRoleDescription", "iam:UpdateAssumeRolePolicy"]  # fmt: skip
    keep = ["iam:CreatePolicy", "iam:DeletePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion",
            "iam:TagPolicy", "iam:UntagPolicy"]  # fmt: skip
    passed = {"StringEquals": {"iam:PassedToService": list(_PASSED_TO)}}
    return [
        allow("MakeBoundedRoles", grow, roles, condition=bounded),
        allow("KeepRoles", shrink, roles),
        allow("KeepPolicies", keep, policies),
        allow("HandOver", ["iam:PassRole"], roles, condition=passed),
        allow("ServiceRoles", ["iam:CreateServiceLinkedRole"], [f"arn:aws:iam::{account}:role/aws-service-role/*"]),
        allow("Look", ["iam:Get*", "iam:List*"], ["*"]),
        deny("HandsOff", ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:SetDefaultPolicyVersion"],
             [f"arn:aws:iam::{account}:policy/*boundary"]),
    ]  # fmt: skip


_ROLE_NAME, _LONGEST_KIND, _HASH = 64, len("-service-execution"), len("-a1b2c3")


def _starts(prefix: str) -> list[str]:
    """Return how the names of roles begin, shortened ones among them (`names.ending`)."""
    room = _ROLE_NAME - _LONGEST_KIND
    return [f"{prefix}-*"] + ([f"{prefix[: room - _HASH]}*"] if len(prefix) > room else [])


_PASSED_TO = (
    "chatbot.amazonaws.com",
    "codebuild.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "ecs.amazonaws.com",
    "eks.amazonaws.com",
    "events.amazonaws.com",
    "grafana.amazonaws.com",
    "lambda.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com",
    "s3.amazonaws.com",
    "scheduler.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
