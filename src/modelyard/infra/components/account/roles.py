"""The roles of a repository in one environment: `plan` previews, `apply` changes, `loop` releases, `watch` looks."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.account import deploy, previews, watch
from modelyard.infra.components.account.boundary import may_make_roles
from modelyard.infra.components.account.trust import GithubRepository, trust
from modelyard.infra.components.documents import Statement, deny, document

_MANAGED = "arn:aws:iam::aws:policy"
ROLES = ("plan", "apply", "loop", "watch")


@dataclass(frozen=True, kw_only=True)
class RepositoryRolesArgs:
    """`situations` of GitHub: the environment's name for what changes it, `main` for what looks, pulls for `plan`."""

    platform: str
    project: str
    env: str
    account: str
    region: str
    repository: GithubRepository
    provider_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    apply_boundary_arn: pulumi.Input[str]
    state_bucket: str


class RepositoryRoles(pulumi.ComponentResource):
    """Produces the roles `plan`, `apply`, `loop` and `watch` with their policies."""

    def __init__(self, name: str, args: RepositoryRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:account:RepositoryRoles", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        inside = [f"environment:{args.env}"]
        plan = self._role("plan", ["pull_request", "ref:refs/heads/main"], args.boundary_arn)
        apply = self._role("apply", inside, args.apply_boundary_arn)
        loop = self._role("loop", inside, args.boundary_arn)
        watcher = self._role("watch", watch.SITUATIONS, args.boundary_arn)
        looks = previews.statements(args.platform, args.region, args.state_bucket)
        self._may(plan, "plan", looks, managed=previews.LOOK)
        prefixes = sorted({f"{owner}-{args.env}" for owner in (args.platform, args.project)})
        make_roles = may_make_roles(args.account, prefixes, args.boundary_arn)
        limits = [_hands_off_itself(args), _one_region(args)]
        self._may(apply, "apply", [*make_roles, *limits], managed=["PowerUserAccess"])
        released = deploy.Release(
            platform=args.platform, project=args.project, env=args.env, account=args.account, region=args.region
        )
        self._may(loop, "loop", deploy.statements(released))
        self._may(watcher, "watch", watch.statements())
        made = dict(zip(ROLES, (plan, apply, loop, watcher), strict=True))
        self.names = {what: role.name for what, role in made.items()}
        self.arns = {what: role.arn for what, role in made.items()}
        self.register_outputs({"arns": self.arns})

    def _role(self, what: str, situations: Sequence[str], boundary: pulumi.Input[str]) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{what}",
            name=names.ending(self._args.project, self._args.env, what, 64),
            description=f"GitHub workflows of {self._args.project}: {what} in {self._args.env}",
            assume_role_policy=trust(self._args.provider_arn, self._args.repository, situations),
            permissions_boundary=boundary,
            max_session_duration=3600,
            opts=self._child,
        )

    def _may(self, role: aws.iam.Role, what: str, statements: Sequence[Statement], managed: Sequence[str] = ()) -> None:
        name = f"{self._name}-{what}"
        aws.iam.RolePolicy(name, name=what, role=role.name, policy=document(statements), opts=self._child)
        for policy in managed:
            attached = f"{name}-{policy.rpartition('/')[2].lower()}"
            arn = f"{_MANAGED}/{policy}"
            aws.iam.RolePolicyAttachment(attached, role=role.name, policy_arn=arn, opts=self._child)


def _hands_off_itself(args: RepositoryRolesArgs) -> Statement:
    """Keep `apply` from changing who may take the roles of workflows: its own, or those of a project named alike."""
    arns = [f"arn:aws:iam::{args.account}:role/*-{what}" for what in ROLES]
    actions = ["iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
    return deny("HandsOffItself", actions, arns)


def _one_region(args: RepositoryRolesArgs) -> Statement:
    """Keep `apply` in its region; the services without one are left out of the rule."""
    anywhere = ["iam:*", "sts:*", "route53:*", "budgets:*", "ce:*", "cloudfront:*", "support:*", "s3:*", "kms:*",
                "servicequotas:*", "tag:*", "health:*", "wafv2:*", "logs:*"]  # fmt: skip
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": [args.region]}}
    return {"Sid": "OneRegion", "Effect": "Deny", "NotAction": anywhere, "Resource": ["*"], "Condition": elsewhere}
