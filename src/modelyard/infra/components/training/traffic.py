"""What training pods may reach: each other, names, AWS over TLS, their identity, and the registry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components.training.labels import NAMESPACE

_IDENTITY = "169.254.170.23/32"  # the Pod Identity agent (EKS user guide)
_METADATA = "169.254.169.254/32"  # the node's own credentials: never
_ANYWHERE = "0.0.0.0/0"
# Auto Mode answers names on the node itself, under a service address: no pod to select
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")
_DNS = ("UDP", "TCP")


@dataclass(frozen=True, kw_only=True)
class TrafficArgs:
    """`registry_cidr` is where MLflow answers, on `registry_ports`; the operator reaches Ray's dashboard."""

    operator_namespace: str
    registry_cidr: pulumi.Input[str]
    registry_ports: tuple[int, ...] = (443, 80)
    namespace: str = NAMESPACE
    provider: pulumi.ProviderResource | None = None


class Traffic(pulumi.ComponentResource):
    """Makes one `networking.v1.NetworkPolicy` per thing that is allowed; the rest is closed by the namespace."""

    def __init__(self, name: str, args: TrafficArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Traffic", name, None, opts)
        self._name, self._args = name, args
        self._mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        us = [{"pod_selector": {}}]
        self._allow("each-other", {"ingress": [{"from": us}], "egress": [{"to": us}]})
        operator = _namespace(args.operator_namespace)
        self._allow("operator", {"ingress": [{"from": operator, "ports": _ports(8265, 6379, 10001)}]})
        resolvers = {"to": [_block(cidr) for cidr in _PRIVATE], "ports": [{"port": 53, "protocol": p} for p in _DNS]}
        self._allow("names", {"egress": [resolvers]})
        outside = [{"ip_block": {"cidr": _ANYWHERE, "except": [_METADATA]}}]
        self._allow("aws", {"egress": [{"to": outside, "ports": _ports(443)}]})
        self._allow("identity", {"egress": [{"to": [_block(_IDENTITY)], "ports": _ports(80)}]})
        registry = {"to": [_block(args.registry_cidr)], "ports": _ports(*args.registry_ports)}
        self._allow("registry", {"egress": [registry]})
        self.register_outputs({})

    def _allow(self, what: str, rules: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        directions = [direction.capitalize() for direction in rules]
        k8s.networking.v1.NetworkPolicy(
            f"{self._name}-{what}",
            metadata={"name": what, "namespace": self._args.namespace},
            spec={"pod_selector": {}, "policy_types": directions, **_spelled(rules)},
            opts=self._mine,
        )


def _spelled(rules: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Return the rules as the SDK spells them: `from` is a word of Python's."""
    renamed = {"from": "from_"}
    return {way: [{renamed.get(k, k): v for k, v in rule.items()} for rule in each] for way, each in rules.items()}


def _namespace(name: str) -> list[Mapping[str, Any]]:
    return [{"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": name}}}]


def _block(cidr: pulumi.Input[str]) -> Mapping[str, Any]:
    return {"ip_block": {"cidr": cidr}}


def _ports(*ports: int) -> list[Mapping[str, Any]]:
    return [{"port": port, "protocol": "TCP"} for port in ports]
