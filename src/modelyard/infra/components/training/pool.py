"""A pool of GPU nodes: bought when a job waits, gone when it is empty, never more than its ceiling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components.training.labels import ACCELERATOR, CAPACITY, GPU, POOL, TAINT

_GRACE_HOURS = 24
_MOST_HOURS = 21 * 24  # a node of Auto Mode lives no longer (EKS user guide, Auto Mode nodes)


@dataclass(frozen=True, kw_only=True)
class GpuPoolArgs:
    """What may be bought, and the ceiling on it.

    Attributes:
        node_role: Name of the nodes' IAM role.
        subnets: Ids of private subnets.
        capacity: Of `reserved`, `spot`, `on-demand`; the scheduler takes them in this order of price.
        reservations: Ids (`cr-...`) behind `reserved`.
        expire_hours: With a day of grace it must stay under Auto Mode's 21 days.
    """

    pool: str
    node_role: pulumi.Input[str]
    subnets: pulumi.Input[Sequence[pulumi.Input[str]]]
    security_group_id: pulumi.Input[str]
    families: Sequence[str]
    capacity: Sequence[str]
    reservations: Sequence[str] = ()
    max_gpus: int = 4
    max_gpus_per_node: int = 4
    max_cpus: int = 192
    max_memory_gb: int = 768
    expire_hours: int = 336
    key_arn: pulumi.Input[str] | None = None
    provider: pulumi.ProviderResource | None = None

    def __post_init__(self) -> None:
        if self.expire_hours + _GRACE_HOURS >= _MOST_HOURS:
            raise ValueError(
                f"expire_hours {self.expire_hours} and {_GRACE_HOURS} hours of grace reach Auto Mode's 21 days; "
                f"at most {_MOST_HOURS - _GRACE_HOURS - 1}."
            )
        if ("reserved" in self.capacity) != bool(self.reservations):
            raise ValueError("capacity `reserved` and `reservations` go together.")


class GpuPool(pulumi.ComponentResource):
    """Makes an `eks.amazonaws.com/v1` NodeClass and a `karpenter.sh/v1` NodePool."""

    def __init__(self, name: str, args: GpuPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:GpuPool", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        kind = k8s.apiextensions.CustomResource(
            f"{name}-class",
            api_version="eks.amazonaws.com/v1",
            kind="NodeClass",
            metadata={"name": args.pool},
            spec=_class(args),
            opts=mine,
        )
        k8s.apiextensions.CustomResource(
            name,
            api_version="karpenter.sh/v1",
            kind="NodePool",
            metadata={"name": args.pool},
            spec=pool_spec(args),
            opts=pulumi.ResourceOptions.merge(mine, pulumi.ResourceOptions(depends_on=[kind])),
        )
        self.register_outputs({})


def _class(args: GpuPoolArgs) -> dict[str, Any]:
    subnets = pulumi.Output.from_input(args.subnets).apply(lambda found: [{"id": one} for one in found])
    storage = {"size": "200Gi"} | ({"kmsKeyID": args.key_arn} if args.key_arn else {})
    reserved = [{"id": one} for one in args.reservations]
    return {
        "role": args.node_role,
        "subnetSelectorTerms": subnets,
        "securityGroupSelectorTerms": [{"id": args.security_group_id}],
        "networkPolicy": "DefaultAllow",  # the namespaces are closed by policies of their own
        "ephemeralStorage": storage,
    } | ({"capacityReservationSelectorTerms": reserved} if reserved else {})


def pool_spec(args: GpuPoolArgs) -> dict[str, Any]:
    """Return the NodePool's spec."""
    return {
        "weight": 10,
        "limits": {GPU: str(args.max_gpus), "cpu": str(args.max_cpus), "memory": f"{args.max_memory_gb}Gi"},
        "disruption": {
            "consolidationPolicy": "WhenEmpty",  # a running trainer is never moved to save a node
            "consolidateAfter": "5m",
            "budgets": [
                {"nodes": "100%", "reasons": ["Empty"]},
                {"nodes": "0", "reasons": ["Drifted", "Underutilized"]},
            ],
        },
        "template": {
            "metadata": {"labels": {**ACCELERATOR, POOL: args.pool}},
            "spec": {
                "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": args.pool},
                "expireAfter": f"{args.expire_hours}h",
                "terminationGracePeriod": f"{_GRACE_HOURS}h",
                "taints": [TAINT],
                "requirements": _requirements(args),
            },
        },
    }


def _requirements(args: GpuPoolArgs) -> list[Mapping[str, Any]]:
    per_node = str(args.max_gpus_per_node + 1)
    return [
        {"key": "eks.amazonaws.com/instance-family", "operator": "In", "values": list(args.families)},
        {"key": "eks.amazonaws.com/instance-gpu-count", "operator": "Lt", "values": [per_node]},
        {"key": CAPACITY, "operator": "In", "values": list(args.capacity)},
        {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]},
    ]
