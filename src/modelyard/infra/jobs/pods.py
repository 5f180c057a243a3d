"""The pods of a training run: unprivileged, with limits, never moved while they work."""

from typing import Any

from modelyard.infra.components import names
from modelyard.infra.jobs.run import TrainingRun

_GPU = "nvidia.com/gpu"
_USER = 1000  # of Ray's own images
_UNPRIVILEGED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_HEAD_PORTS = {"gcs": 6379, "dashboard": 8265, "client": 10001, "metrics": 8080}


def head(run: TrainingRun) -> dict[str, Any]:
    """Return the head's pod template: CPU nodes only, because it tolerates no GPU node's taint."""
    container = _container(run, "ray-head", run.head_cpus, run.head_memory_gb)
    container["ports"] = [{"name": name, "containerPort": port} for name, port in _HEAD_PORTS.items()]
    return _template(run, container)


def worker(run: TrainingRun) -> dict[str, Any]:
    """Return a worker's pod template; with GPUs it fits the nodes of its pool and no others."""
    container = _container(run, "ray-worker", run.cpus, run.memory_gb)
    template = _template(run, container)
    if run.gpus:
        for kind in ("requests", "limits"):
            container["resources"][kind][_GPU] = str(run.gpus)
        template["spec"]["nodeSelector"] = {"accelerator": "nvidia", "modelyard.io/pool": run.pool}
        template["spec"]["tolerations"] = [{"key": _GPU, "operator": "Exists", "effect": "NoSchedule"}]
    return template


def submitter(run: TrainingRun) -> dict[str, Any]:
    """Return the pod template that hands the command to the head and waits for it."""
    container = _container(run, "ray-job-submitter", 1, 2)
    template = _template(run, container)
    template["spec"]["restartPolicy"] = "Never"
    return template


def _template(run: TrainingRun, container: dict[str, Any]) -> dict[str, Any]:
    return {
        "metadata": {
            "labels": {"modelyard.io/project": run.project},
            # keeps Karpenter from moving the pod; the node's expiry comes all the same, so runs save checkpoints
            "annotations": {"karpenter.sh/do-not-disrupt": "true"},
        },
        "spec": {
            "serviceAccountName": run.service_account or names.physical("trainer", "", run.project),
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": _USER,
                "fsGroup": _USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [container],
            # Ray shares objects through memory; the default of 64 MB would spill to disk at once
            "volumes": [{"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}}],
        },
    }


def _container(run: TrainingRun, name: str, cpus: int, memory_gb: int) -> dict[str, Any]:
    size = {"cpu": str(cpus), "memory": f"{memory_gb}Gi"}
    return {
        "name": name,
        "image": run.image,
        "env": [{"name": key, "value": value} for key, value in sorted(run.variables.items())],
        "resources": {"requests": dict(size), "limits": dict(size)},
        "securityContext": _UNPRIVILEGED,
        "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}],  # noqa: S108 - a mount, not a file of ours
    }
