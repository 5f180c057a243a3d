"""Who may start when: flavours of nodes, one quota over all jobs, a queue per project, three priorities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components.training.labels import ACCELERATOR, GPU, NAMESPACE, POOL, PRIORITIES, TAINT

API = "kueue.x-k8s.io/v1beta2"
CPU = "cpu.only"  # the flavour without accelerators; no pool can be called so
CLUSTER_QUEUE = "training"


@dataclass(frozen=True, kw_only=True)
class QueuesArgs:
    """The quota of everything together.

    Attributes:
        gpus: Pool -> accelerators that jobs may hold in it: its NodePool's limit.
        cpus, memory_gb: What jobs may hold, on any node.
        projects: Each has a queue of its name.
    """

    gpus: Mapping[str, int]
    cpus: int
    memory_gb: int
    projects: Sequence[str]
    provider: pulumi.ProviderResource | None = None


class Queues(pulumi.ComponentResource):
    """Makes ResourceFlavors, a ClusterQueue, LocalQueues and WorkloadPriorityClasses of Kueue."""

    def __init__(self, name: str, args: QueuesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Queues", name, None, opts)
        self._name = name
        self._mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        flavors = [self._make("ResourceFlavor", CPU, _cpu_flavor())]
        flavors += [self._make("ResourceFlavor", pool, _gpu_flavor(pool)) for pool in args.gpus]
        queue = self._make("ClusterQueue", CLUSTER_QUEUE, _cluster_queue(args), after=flavors)
        for project in args.projects:
            self._make("LocalQueue", project, {"clusterQueue": CLUSTER_QUEUE}, namespace=NAMESPACE, after=[queue])
        for priority, value in PRIORITIES.items():
            self._priority(priority, value)
        self.register_outputs({})

    def _make(
        self,
        kind: str,
        name: str,
        spec: Mapping[str, Any],
        namespace: str | None = None,
        after: Sequence[pulumi.Resource] = (),
    ) -> pulumi.Resource:
        opts = pulumi.ResourceOptions.merge(self._mine, pulumi.ResourceOptions(depends_on=list(after)))
        metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
        return k8s.apiextensions.CustomResource(
            f"{self._name}-{kind.lower()}-{name}", api_version=API, kind=kind, metadata=metadata, spec=spec, opts=opts
        )

    def _priority(self, name: str, value: int) -> None:
        # the SDK's CustomResource knows `spec` only, and this kind has none
        kind = "WorkloadPriorityClass"
        properties = {"apiVersion": API, "kind": kind, "metadata": {"name": name}, "value": value}
        pulumi.CustomResource(f"kubernetes:{API}:{kind}", f"{self._name}-priority-{name}", properties, self._mine)


def _cpu_flavor() -> dict[str, Any]:
    return {"nodeLabels": {"kubernetes.io/arch": "amd64"}}


def _gpu_flavor(pool: str) -> dict[str, Any]:
    """Return a flavour that only pods with the pool's toleration fit, so that a head without GPU never lands there."""
    return {"nodeLabels": {**ACCELERATOR, POOL: pool}, "nodeTaints": [TAINT]}


def _cluster_queue(args: QueuesArgs) -> dict[str, Any]:
    flavors = [_quota(CPU, args.cpus, args.memory_gb, 0)]
    flavors += [_quota(pool, args.cpus, args.memory_gb, gpus) for pool, gpus in args.gpus.items()]
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}},
        "queueingStrategy": "BestEffortFIFO",
        "preemption": {"withinClusterQueue": "LowerPriority"},
        "resourceGroups": [{"coveredResources": ["cpu", "memory", GPU], "flavors": flavors}],
    }


def _quota(flavor: str, cpus: int, memory_gb: int, gpus: int) -> dict[str, Any]:
    resources = {"cpu": str(cpus), "memory": f"{memory_gb}Gi", GPU: str(gpus)}
    return {"name": flavor, "resources": [{"name": n, "nominalQuota": quota} for n, quota in resources.items()]}
