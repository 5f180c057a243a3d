"""Turns network policies on: without this object EKS Auto Mode accepts them and enforces none."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s


@dataclass(frozen=True, kw_only=True)
class NetworkPoliciesArgs:
    """The provider of the cluster's objects."""

    provider: pulumi.ProviderResource | None = None


class NetworkPolicies(pulumi.ComponentResource):
    """Makes the `v1.ConfigMap` that the network agent reads (EKS user guide, network policies with Auto Mode)."""

    def __init__(self, name: str, args: NetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:NetworkPolicies", name, None, opts)
        k8s.core.v1.ConfigMap(
            name,
            metadata={"name": "amazon-vpc-cni", "namespace": "kube-system"},
            data={"enable-network-policy-controller": "true"},
            opts=pulumi.ResourceOptions(parent=self, provider=args.provider),
        )
        self.register_outputs({})
