"""What the metrics agent runs and asks: AWS's build of the OpenTelemetry collector, in an unprivileged pod."""

from typing import Any

import pulumi_kubernetes as k8s

from modelyard.infra.components.measured import CALLED
from modelyard.infra.components.training import scraping
from modelyard.infra.components.training.remote import remembered

AGENT = "metrics-agent"
IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0"
SPACE = "Modelyard/Cluster"
_USER = 10001
_FOLDER = "/etc/collector"


def config(cluster: str, region: str, log_group: str, *, gpus: bool, remote: str | None = None) -> dict[str, Any]:
    """Return the collector's configuration (JSON is YAML).

    Args:
        cluster: Its name, a label and a dimension of everything.
        region: Where CloudWatch and Prometheus are.
        log_group: What CloudWatch reads the metrics from.
        gpus: Whether there is a DCGM exporter to ask.
        remote: The endpoint of a workspace that keeps all of it, and what the model servers count as well.
    """
    exporter = {
        "namespace": SPACE,
        "region": region,
        "log_group_name": log_group,
        "log_stream_name": cluster,
        "dimension_rollup_option": "NoDimensionRollup",
        "metric_declarations": _declarations(gpus=gpus),
    }
    made = {
        "receivers": {"prometheus": _asks(scraping.of_cluster(cluster, gpus=gpus))},
        "processors": {"batch": {"timeout": "60s"}},
        "exporters": {"awsemf": exporter},
        "extensions": {"health_check": {"endpoint": "0.0.0.0:13133"}},
        "service": {
            "extensions": ["health_check"],
            "pipelines": {"metrics": {"receivers": ["prometheus"], "processors": ["batch"], "exporters": ["awsemf"]}},
        },
    }
    return made if remote is None else remembered(made, remote, cluster, region)


def _asks(jobs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"config": {"global": {"scrape_interval": "60s"}, "scrape_configs": jobs}}


def _declarations(*, gpus: bool) -> list[dict[str, Any]]:
    """Return which metrics become CloudWatch's, with the one dimension that alarms name."""
    failed = {"label_names": ["deployment_status"], "regex": "^Failed$"}
    jobs = {"metric_name_selectors": ["^kuberay_job_deployment_status$"], "label_matchers": [failed]}
    wanted = [jobs]
    if gpus:
        wanted.append({"metric_name_selectors": ["^DCGM_FI_DEV_GPU_UTIL$", "^DCGM_FI_DEV_FB_USED$"]})
    return [{"dimensions": [["cluster"]], **one} for one in wanted]


def pod(image: str, *, asks_models: bool = False) -> k8s.core.v1.PodSpecArgsDict:
    """Return the agent's pod; one that asks model servers has their token in a file."""
    mounts: list[k8s.core.v1.VolumeMountArgsDict] = [{"name": "config", "mount_path": _FOLDER, "read_only": True}]
    volumes: list[k8s.core.v1.VolumeArgsDict] = [{"name": "config", "config_map": {"name": AGENT}}]
    if asks_models:
        mounts.append({"name": "token", "mount_path": scraping.TOKENS, "read_only": True})
        volumes.append({"name": "token", "secret": {"secret_name": CALLED}})
    collector: k8s.core.v1.ContainerArgsDict = {
        "name": AGENT,
        "image": image,
        "args": [f"--config={_FOLDER}/config.yaml"],
        "ports": [{"name": "health", "container_port": 13133}],
        "liveness_probe": {"http_get": {"path": "/", "port": "health"}, "initial_delay_seconds": 15},
        "readiness_probe": {"http_get": {"path": "/", "port": "health"}},
        "resources": {
            "requests": {"cpu": "50m", "memory": "128Mi"},
            "limits": {"cpu": "250m", "memory": "512Mi"},
        },
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mounts": mounts,
    }
    return {
        "service_account_name": AGENT,
        "automount_service_account_token": False,
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": _USER,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [collector],
        "volumes": volumes,
    }
