"""What the metrics agent asks for numbers: KubeRay's operator, the GPUs, and the model servers."""

from collections.abc import Mapping
from typing import Any

from modelyard.infra.components.cluster.operators import RAY_NAMESPACE
from modelyard.infra.components.cluster.spaces import SERVING
from modelyard.infra.components.measured import CALLED, PORT, TOKEN
from modelyard.infra.components.training.dcgm import DCGM, GPU_NAMESPACE
from modelyard.infra.components.training.dcgm import PORT as GPU_PORT

TOKENS = "/etc/metrics-token"
_OPERATOR = f"kuberay-operator.{RAY_NAMESPACE}.svc:8080"
# a release gives a server a minute to load its challenger, so what it says of that must not be older
_FAST = "15s"


def of_cluster(cluster: str, *, gpus: bool) -> list[dict[str, Any]]:
    """Return the jobs that ask about training: few numbers, once a minute."""
    jobs = [_job("kuberay", cluster, {"static_configs": [{"targets": [_OPERATOR]}]})]
    if gpus:
        jobs.append(_job("dcgm", cluster, {"dns_sd_configs": [_found(DCGM, GPU_NAMESPACE, GPU_PORT)]}))
    return jobs


def of_models(cluster: str) -> list[dict[str, Any]]:
    """Return the job that asks each model server; one that asks nobody for a credential looks at none."""
    bearer = {"type": "Bearer", "credentials_file": f"{TOKENS}/{TOKEN}"}
    asked = {
        "scrape_interval": _FAST,
        "authorization": bearer,
        "dns_sd_configs": [_found(CALLED, SERVING, PORT)],
    }
    return [_job("models", cluster, asked)]


def _found(service: str, namespace: str, port: int) -> dict[str, Any]:
    return {"names": [f"{service}.{namespace}.svc"], "type": "A", "port": port}


def _job(name: str, cluster: str, targets: Mapping[str, Any]) -> dict[str, Any]:
    named = {"target_label": "cluster", "replacement": cluster}
    return {"job_name": name, **targets, "relabel_configs": [named]}
