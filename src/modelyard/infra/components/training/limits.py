"""What all jobs together may take, and what a container gets that asks for nothing."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components.training.labels import GPU, NAMESPACE


@dataclass(frozen=True, kw_only=True)
class LimitsArgs:
    """The quota of the namespace; a last line behind the queue's."""

    cpus: int
    memory_gb: int
    gpus: int
    jobs: int = 100
    namespace: str = NAMESPACE
    provider: pulumi.ProviderResource | None = None


class Limits(pulumi.ComponentResource):
    """Makes a `v1.ResourceQuota` and a `v1.LimitRange`.

    Every container has a CPU limit: pods without one starve the daemons of an Auto Mode node.
    """

    def __init__(self, name: str, args: LimitsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Limits", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        hard = {
            "requests.cpu": str(args.cpus),
            "requests.memory": f"{args.memory_gb}Gi",
            f"requests.{GPU}": str(args.gpus),
            "count/rayjobs.ray.io": str(args.jobs),
            "services.loadbalancers": "0",
            "services.nodeports": "0",
        }
        k8s.core.v1.ResourceQuota(
            f"{name}-quota", metadata={"name": "quota", "namespace": args.namespace}, spec={"hard": hard}, opts=mine
        )
        container: k8s.core.v1.LimitRangeItemArgsDict = {
            "type": "Container",
            "default_request": {"cpu": "250m", "memory": "512Mi"},
            "default": {"cpu": "1", "memory": "2Gi"},
        }
        k8s.core.v1.LimitRange(
            f"{name}-defaults",
            metadata={"name": "defaults", "namespace": args.namespace},
            spec={"limits": [container]},
            opts=mine,
        )
        self.register_outputs({})
