"""A namespace that refuses what it should: Pod Security, and no traffic that was not allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pulumi
import pulumi_kubernetes as k8s

_PREFIX = "pod-security.kubernetes.io"


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs:
    """Name, labels, and how strict Pod Security admission is; only DCGM needs `privileged`.

    `closed` adds a policy that denies all traffic in both directions until others allow some.
    """

    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict)
    security: Literal["restricted", "baseline", "privileged"] = "restricted"
    closed: bool = True
    provider: pulumi.ProviderResource | None = None


class Namespace(pulumi.ComponentResource):
    """Makes a `v1.Namespace` and, where `closed`, a `networking.v1.NetworkPolicy`."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:Namespace", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        namespace = k8s.core.v1.Namespace(
            name,
            metadata={"name": args.namespace, "labels": {**args.labels, **_security(args.security)}},
            opts=mine,
        )
        if args.closed:
            k8s.networking.v1.NetworkPolicy(
                f"{name}-closed",
                metadata={"name": "closed", "namespace": namespace.metadata.name},
                spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
                opts=mine,
            )
        self.name = namespace.metadata.name
        self.register_outputs({"name": self.name})


def _security(level: str) -> dict[str, str]:
    modes = {f"{_PREFIX}/{mode}": level for mode in ("enforce", "audit", "warn")}
    return modes | {f"{_PREFIX}/{mode}-version": "latest" for mode in ("enforce", "audit", "warn")}
