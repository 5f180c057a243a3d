"""The service account of training jobs, which EKS gives the rights of the projects' trainers."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components import names
from modelyard.infra.components.cluster.identity import PodIdentity, PodIdentityArgs
from modelyard.infra.components.training.labels import ACCOUNT, NAMESPACE


@dataclass(frozen=True, kw_only=True)
class TrainersArgs:
    """Project -> ARN of the policy that reads the lake and its part of the store, and keeps snapshots there."""

    project: str
    env: str
    account: pulumi.Input[str]
    cluster: pulumi.Input[str]
    policies: Mapping[str, pulumi.Input[str]]
    namespace: str = NAMESPACE
    provider: pulumi.ProviderResource | None = None


class Trainers(pulumi.ComponentResource):
    """Makes a `v1.ServiceAccount` per project and joins it to a role of its own; no token is mounted by default."""

    def __init__(self, name: str, args: TrainersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Trainers", name, None, opts)
        for project, policy in args.policies.items():
            called = account_of(project)
            k8s.core.v1.ServiceAccount(
                f"{name}-{project}",
                metadata={"name": called, "namespace": args.namespace},
                automount_service_account_token=False,
                opts=pulumi.ResourceOptions(parent=self, provider=args.provider),
            )
            identity = PodIdentityArgs(
                role_name=names.physical(f"{args.project}-{args.env}", project, ACCOUNT, 64),
                account=args.account,
                cluster=args.cluster,
                namespace=args.namespace,
                service_account=called,
                managed={"store": policy},
            )
            PodIdentity(f"{name}-{project}", identity, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def account_of(project: str) -> str:
    """Return the name of a project's service account."""
    return names.physical(ACCOUNT, "", project)
