"""Measures the GPUs: NVIDIA's DCGM exporter on each GPU node; Auto Mode brings the driver, but not this."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components.cluster.spaces import GPUS, METRICS
from modelyard.infra.components.training.labels import ACCELERATOR, GPU

GPU_NAMESPACE = GPUS
DCGM, PORT = "dcgm-exporter", 9400
_IMAGE = "nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless"
_LABELS = {"app.kubernetes.io/name": DCGM}


@dataclass(frozen=True, kw_only=True)
class DcgmArgs:
    """The namespace must allow privileged pods: DCGM talks to the driver."""

    namespace: str = GPU_NAMESPACE
    image: str = _IMAGE
    provider: pulumi.ProviderResource | None = None


class Dcgm(pulumi.ComponentResource):
    """Makes a `v1.Service` without address, by which exporters are found, an `apps.v1.DaemonSet`, and who may ask."""

    def __init__(self, name: str, args: DcgmArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Dcgm", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": DCGM, "namespace": args.namespace, "labels": _LABELS}
        k8s.core.v1.Service(
            name,
            metadata=metadata,
            spec={
                "cluster_ip": "None",
                "selector": _LABELS,
                "ports": [{"name": "metrics", "port": PORT, "target_port": PORT}],
            },
            opts=mine,
        )
        k8s.apps.v1.DaemonSet(
            name,
            metadata=metadata,
            spec={
                "selector": {"match_labels": _LABELS},
                "template": {"metadata": {"labels": _LABELS}, "spec": _pod(args.image)},
            },
            opts=mine,
        )
        # asked by the metrics agent only
        asking: k8s.networking.v1.NetworkPolicyPeerArgsDict = {
            "namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": METRICS}}
        }
        asked: k8s.networking.v1.NetworkPolicyIngressRuleArgsDict = {"from_": [asking], "ports": [{"port": PORT}]}
        k8s.networking.v1.NetworkPolicy(
            name,
            metadata=metadata,
            spec={"pod_selector": {"match_labels": _LABELS}, "policy_types": ["Ingress"], "ingress": [asked]},
            opts=mine,
        )
        self.register_outputs({})


def _pod(image: str) -> k8s.core.v1.PodSpecArgsDict:
    exporter: k8s.core.v1.ContainerArgsDict = {
        "name": DCGM,
        "image": image,
        "ports": [{"name": "metrics", "container_port": PORT}],
        "env": [
            {"name": "DCGM_EXPORTER_LISTEN", "value": f":{PORT}"},
            {"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"},  # sees the GPUs and takes none of them away
        ],
        "security_context": {"privileged": True, "read_only_root_filesystem": True, "run_as_user": 0},
        "resources": {
            "requests": {"cpu": "50m", "memory": "256Mi"},
            "limits": {"cpu": "200m", "memory": "512Mi"},
        },
    }
    return {
        "node_selector": ACCELERATOR,
        "tolerations": [{"key": GPU, "operator": "Exists", "effect": "NoSchedule"}],
        "automount_service_account_token": False,
        "priority_class_name": "system-node-critical",
        "containers": [exporter],
    }
