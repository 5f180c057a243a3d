"""The same service on Kubernetes: replicas that survive a zone and a drain, scale by CPU, and are reached by few."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components.cluster.spaces import METRICS
from modelyard.infra.components.measured import LABELS, PORT
from modelyard.infra.components.project.pod import pod


@dataclass(frozen=True, kw_only=True)
class WorkloadArgs:
    """What runs, how much of it, and who may ask.

    Attributes:
        image: By digest once deployed; until then nothing can pull it, and there are no replicas.
        service_account: Joined to the server's role by Pod Identity.
        callers: Labels of the namespaces whose pods may ask; the balancer comes by `caller_cidr`.
        replicas: Bounds of the autoscaler.
        secret: Name of a Secret whose keys become variables, such as MODELYARD_TOKEN.
        measured: The metrics agent reads its numbers, by the token that the layer `training` made.
    """

    project: str
    env: str
    namespace: str
    image: pulumi.Input[str]
    service_account: str
    cpu: int = 512
    memory_mb: int = 1024
    replicas: tuple[int, int] = (1, 2)
    cpu_percent: float = 60
    callers: Mapping[str, str] = field(default_factory=dict)
    caller_cidr: pulumi.Input[str] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    secret: str | None = None
    measured: bool = False
    provider: pulumi.ProviderResource | None = None


class Workload(pulumi.ComponentResource):
    """Makes Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget and NetworkPolicy.

    `modelyard deploy` sets the image; from then on image and replicas are left alone here.
    """

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Workload", name, None, opts)
        self._name, self._args = name, args
        self._mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        self._labels = {"app.kubernetes.io/name": args.project, **LABELS}
        self._metadata: k8s.meta.v1.ObjectMetaArgsDict = {
            "name": args.project,
            "namespace": args.namespace,
            "labels": self._labels,
        }
        k8s.core.v1.ServiceAccount(
            name,
            metadata={"name": args.service_account, "namespace": args.namespace},
            automount_service_account_token=False,
            opts=self._mine,
        )
        self._deployment()
        k8s.core.v1.Service(
            name,
            metadata=self._metadata,
            spec={"selector": self._labels, "ports": [{"name": "http", "port": 80, "target_port": PORT}]},
            opts=self._mine,
        )
        self._scaling()
        self._traffic()
        self.register_outputs({})

    def _deployment(self) -> None:
        args = self._args
        image = "spec.template.spec.containers[0].image"
        left_alone = pulumi.ResourceOptions(ignore_changes=["spec.replicas", image])
        k8s.apps.v1.Deployment(
            self._name,
            # nothing can be pulled before the first `deploy`, which then brings the replicas
            metadata={
                "name": args.project,
                "namespace": args.namespace,
                "labels": self._labels,
                "annotations": {"pulumi.com/skipAwait": "true"},
            },
            spec={
                "replicas": 0,
                "revision_history_limit": 5,
                "progress_deadline_seconds": 600,
                "min_ready_seconds": 10,
                "strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": 0, "max_surge": 1}},
                "selector": {"match_labels": self._labels},
                "template": {"metadata": {"labels": self._labels}, "spec": pod(args, self._labels)},
            },
            opts=pulumi.ResourceOptions.merge(self._mine, left_alone),
        )

    def _scaling(self) -> None:
        least, most = self._args.replicas
        usage: k8s.autoscaling.v2.MetricTargetArgsDict = {
            "type": "Utilization",
            "average_utilization": round(self._args.cpu_percent),
        }
        k8s.autoscaling.v2.HorizontalPodAutoscaler(
            self._name,
            metadata=self._metadata,
            spec={
                "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": self._args.project},
                "min_replicas": least,
                "max_replicas": most,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": usage}}],
                "behavior": {"scale_down": {"stabilization_window_seconds": 300}},
            },
            opts=self._mine,
        )
        # of one replica none may be required, or its node could never be drained
        k8s.policy.v1.PodDisruptionBudget(
            self._name,
            metadata=self._metadata,
            spec={"max_unavailable": 1, "selector": {"match_labels": self._labels}},
            opts=self._mine,
        )

    def _traffic(self) -> None:
        args = self._args
        sources: list[k8s.networking.v1.NetworkPolicyPeerArgsDict] = []
        if args.measured:
            sources.append({"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": METRICS}}})
        if args.callers:
            sources.append({"namespace_selector": {"match_labels": dict(args.callers)}})
        if args.caller_cidr is not None:
            sources.append({"ip_block": {"cidr": args.caller_cidr}})
        asked: list[k8s.networking.v1.NetworkPolicyIngressRuleArgsDict] = []
        if sources:  # a rule from nobody would mean from everybody
            asked.append({"from_": sources, "ports": [{"port": PORT, "protocol": "TCP"}]})
        out = [(53, "UDP"), (53, "TCP"), (443, "TCP"), (80, "TCP")]  # names, S3, and the Pod Identity agent
        k8s.networking.v1.NetworkPolicy(
            self._name,
            metadata=self._metadata,
            spec={
                "pod_selector": {"match_labels": self._labels},
                "policy_types": ["Ingress", "Egress"],
                "ingress": asked,
                "egress": [{"ports": [{"port": port, "protocol": protocol} for port, protocol in out]}],
            },
            opts=self._mine,
        )
