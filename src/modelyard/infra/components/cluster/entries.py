"""Who may enter the cluster: access entries for roles, never for users; nobody is let in by having made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.cluster.groups import of_loop

ADMIN = "AmazonEKSClusterAdminPolicy"
VIEW = "AmazonEKSViewPolicy"  # without secrets, unlike AmazonEKSAdminViewPolicy


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One role and what it may do, everywhere or in some namespaces; and the Kubernetes groups that it is in."""

    role_arn: pulumi.Input[str]
    policy: str
    namespaces: Sequence[str] = ()
    groups: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class EntriesArgs:
    """Name -> entry. Without an administrator nobody could ever change anything in the cluster."""

    cluster: pulumi.Input[str]
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(entry.policy == ADMIN and not entry.namespaces for entry in self.entries.values()):
            raise ValueError(
                "A cluster needs an administrator: name a role in cluster.admins, or set up `account` first."
            )


class Entries(pulumi.ComponentResource):
    """Makes an `eks.AccessEntry` and an `eks.AccessPolicyAssociation` per role."""

    def __init__(self, name: str, args: EntriesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:Entries", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        for who, entry in args.entries.items():
            made = aws.eks.AccessEntry(
                f"{name}-{who}",
                cluster_name=args.cluster,
                principal_arn=entry.role_arn,
                kubernetes_groups=list(entry.groups) or None,
                type="STANDARD",
                opts=mine,
            )
            where: aws.eks.AccessPolicyAssociationAccessScopeArgsDict = {"type": "cluster"}
            if entry.namespaces:
                where = {"type": "namespace", "namespaces": list(entry.namespaces)}
            aws.eks.AccessPolicyAssociation(
                f"{name}-{who}",
                cluster_name=args.cluster,
                principal_arn=made.principal_arn,
                policy_arn=f"arn:aws:eks::aws:cluster-access-policy/{entry.policy}",
                access_scope=where,
                opts=mine,
            )
        self.register_outputs({})


def of_workflows(
    projects: Sequence[str], roles: pulumi.Output[Any], env: str, namespaces: Sequence[str]
) -> dict[str, Entry]:
    """Return the entries of each project's roles: `apply` administers, `plan` looks, `loop` looks into namespaces.

    What `loop` changes is its project's alone, so it has that right as a group, from the layers that make what it
    changes: EKS's own policies know namespaces, which projects share. `watch` has no entry: what it looks at lies in
    the store.
    `roles` is project -> environment -> role -> ARN, as the layer `account` exports it.
    """
    policies = {"apply": ADMIN, "plan": VIEW, "loop": VIEW}
    return {
        f"{project}-{role}": Entry(
            role_arn=roles.apply(lambda found, project=project, role=role: found[project][env][role]),
            policy=policy,
            namespaces=namespaces if role == "loop" else (),
            groups=(of_loop(project),) if role == "loop" else (),
        )
        for project in projects
        for role, policy in policies.items()
    }
