"""What turns a control plane into a cluster: a scheduler, simulated nodes that run pods, and KubeRay's operator."""

from typing import Any

from plane import Plane, free
from toolchain import module

KWOK = ("sigs.k8s.io/kwok", "v0.7.0")
_READY = {"type": "Ready", "status": "True", "reason": "KubeletReady"}


def make_alive(plane: Plane) -> None:
    """Start scheduler, kwok and operator."""
    config = f"--kubeconfig={plane.config}"
    plane.run("kube-scheduler", config, "--leader-elect=false", "--secure-port=0")
    plane.run(
        "kwok",
        config,
        "--manage-all-nodes=true",
        "--node-ip=127.0.0.1",
        f"--node-port={free()}",
        *(f"--config={stage}" for stage in _stages()),
    )
    plane.metrics_port = free()
    plane.run(
        "kuberay-operator",
        "-kubeconfig",
        str(plane.config),
        "-enable-leader-election=false",
        "-enable-metrics=true",  # as the chart does where `metrics.enabled` is set
        f"-metrics-addr=127.0.0.1:{plane.metrics_port}",
        f"-health-probe-bind-address=127.0.0.1:{free()}",
        "-leader-election-namespace=default",
    )


def _stages() -> list[str]:
    stages = module(*KWOK) / "kustomize" / "stage"
    return sorted(str(path) for kind in ("node", "pod") for path in (stages / kind / "fast").glob("*.yaml")
                  if path.name != "kustomization.yaml")  # fmt: skip


def add_node(plane: Plane, name: str, template: dict[str, Any] | None = None, gpus: int = 0) -> None:
    """Add a simulated node as Karpenter would make it: with the labels and taints of a NodePool's template."""
    template = template or {}
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name}
    labels |= template.get("metadata", {}).get("labels", {})
    room = {"cpu": "64", "memory": "256Gi", "pods": "110"} | ({"nvidia.com/gpu": str(gpus)} if gpus else {})
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "spec": {"taints": template.get("spec", {}).get("taints", [])},
        "status": {"allocatable": room, "capacity": room, "conditions": [_READY], "phase": "Running"},
    }
    plane.api.apply(node)
    plane.api.ask("PATCH", f"/api/v1/nodes/{name}/status", {"status": node["status"]}, "application/merge-patch+json")
    # nobody but a controller manager would take the taint `not-ready` away
    kept = plane.api.read(node)["spec"].get("taints", [])
    plane.api.change(node, {"spec": {"taints": [taint for taint in kept if "not-ready" not in taint["key"]]}})
