"""Builds the RayJob of a training run: admitted as a whole, GPUs only from its pool, removed when done."""

from typing import Any

from modelyard.infra.jobs.pods import head, submitter, worker
from modelyard.infra.jobs.run import TrainingRun

_QUEUE, _PRIORITY = "kueue.x-k8s.io/queue-name", "kueue.x-k8s.io/priority-class"


def rayjob(run: TrainingRun) -> dict[str, Any]:
    """Return the `ray.io/v1` RayJob of a run, ready for the API server."""
    labels = {
        _QUEUE: run.project,
        _PRIORITY: run.priority,
        "modelyard.io/project": run.project,
        "app.kubernetes.io/managed-by": "modelyard",
    }
    return {
        "apiVersion": "ray.io/v1",
        "kind": "RayJob",
        "metadata": {"name": run.name, "namespace": run.namespace, "labels": labels},
        "spec": _spec(run),
    }


def _spec(run: TrainingRun) -> dict[str, Any]:
    groups = [_workers(run)] if run.workers else []
    return {
        "entrypoint": run.command,
        "suspend": True,  # Kueue starts it; without Kueue nothing starts past the quota
        "submissionMode": "K8sJobMode",
        "backoffLimit": run.retries,
        "activeDeadlineSeconds": round(run.hours * 3600),
        "shutdownAfterJobFinishes": True,
        "ttlSecondsAfterFinished": round(run.keep_hours * 3600),
        "submitterPodTemplate": submitter(run),
        "rayClusterSpec": {
            "rayVersion": run.ray_version,
            "headGroupSpec": {
                # no work on the head: it must stay quick, and has no GPU
                "rayStartParams": {"dashboard-host": "0.0.0.0", "num-cpus": "0"},  # noqa: S104 - in a closed namespace
                "template": head(run),
            },
            "workerGroupSpecs": groups,
        },
    }


def _workers(run: TrainingRun) -> dict[str, Any]:
    return {
        "groupName": "workers",
        "replicas": run.workers,
        "minReplicas": run.workers,
        "maxReplicas": run.workers,
        "rayStartParams": {"num-gpus": str(run.gpus)} if run.gpus else {},
        "template": worker(run),
    }
