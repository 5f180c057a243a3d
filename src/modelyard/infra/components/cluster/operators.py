"""The operators that training stands on: KubeRay runs Ray clusters, Kueue decides which job may start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import yaml

KUBERAY, KUEUE = "1.6.0", "0.19.2"
RAY_NAMESPACE, QUEUE_NAMESPACE = "ray-system", "kueue-system"
_KUBERAY_CHARTS = "https://ray-project.github.io/kuberay-helm/"
_TIMEOUT_S = 600


@dataclass(frozen=True, kw_only=True)
class OperatorsArgs:
    """`watched` namespaces are those whose jobs are run; anything else in the cluster is left alone.

    `spaces` are the namespaces that the operators themselves live in, by name.
    """

    spaces: Mapping[str, pulumi.Input[str]]
    watched: tuple[str, ...] = ("training",)
    provider: pulumi.ProviderResource | None = None


class Operators(pulumi.ComponentResource):
    """Makes two `helm.v3.Release`, both atomic: a release that does not become ready is taken back whole."""

    def __init__(self, name: str, args: OperatorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:Operators", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        kuberay = _Chart("kuberay-operator", KUBERAY, _kuberay(args.watched), _KUBERAY_CHARTS)
        kueue = _Chart("oci://registry.k8s.io/kueue/charts/kueue", KUEUE, _kueue(args.watched))
        _release(f"{name}-kuberay", kuberay, args.spaces[RAY_NAMESPACE], mine)
        _release(f"{name}-kueue", kueue, args.spaces[QUEUE_NAMESPACE], mine)
        self.register_outputs({})


@dataclass(frozen=True)
class _Chart:
    name: str
    version: str
    values: Mapping[str, Any]
    repository: str | None = None


def _release(name: str, chart: _Chart, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
    k8s.helm.v3.Release(
        name,
        name=chart.name.rsplit("/", 1)[-1],
        chart=chart.name,
        version=chart.version,
        repository_opts={"repo": chart.repository} if chart.repository else None,
        namespace=namespace,
        create_namespace=False,  # it exists, with its Pod Security labels
        atomic=True,
        cleanup_on_fail=True,
        timeout=_TIMEOUT_S,
        values=chart.values,
        opts=opts,
    )


def _kuberay(watched: tuple[str, ...]) -> dict[str, Any]:
    return {
        "watchNamespace": list(watched),
        "singleNamespaceInstall": False,
        "metrics": {"enabled": True},
        "resources": {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
    }


def _kueue(watched: tuple[str, ...]) -> dict[str, Any]:
    config = {
        "apiVersion": "config.kueue.x-k8s.io/v1beta2",
        "kind": "Configuration",
        # ours replaces the chart's whole text: the ports are those that its services and probes expect
        "health": {"healthProbeBindAddress": ":8081"},
        "metrics": {"bindAddress": ":8443"},
        "webhook": {"port": 9443},
        "leaderElection": {"leaderElect": True, "resourceName": "c1f6bfd2.kueue.x-k8s.io"},
        "manageJobsWithoutQueueName": True,  # a job without a queue would pass by the quota
        "managedJobsNamespaceSelector": {
            "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(watched)}]
        },
        "waitForPodsReady": {"timeout": "30m", "recoveryTimeout": "10m"},
        "integrations": {"frameworks": ["batch/job", "ray.io/rayjob", "ray.io/raycluster"]},
    }
    limits = {"requests": {"cpu": "200m", "memory": "512Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}}
    return {
        "controllerManager": {"manager": {"resources": limits}},
        "managerConfig": {"controllerManagerConfigYaml": yaml.safe_dump(config, sort_keys=True)},
    }
