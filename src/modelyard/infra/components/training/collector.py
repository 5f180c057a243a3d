"""What the metrics agent runs and asks: AWS's build of the OpenTelemetry collector, in an unprivileged pod."""

from collections.abc import Mapping
from typing import Any

import pulumi_kubernetes as k8s

from modelyard.infra.components.cluster.operators import RAY_NAMESPACE
from modelyard.infra.components.training.dcgm import DCGM, GPU_NAMESPACE, PORT

AGENT = "metrics-agent"
IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0"
SPACE = "Modelyard/Cluster"
_OPERATOR = f"kuberay-operator.{RAY_NAMESPACE}.svc:8080"
_USER = 10001
_FOLDER = "/etc/collector"


def config(cluster: str, region: str, log_group: str, *, gpus: bool) -> dict[str, Any]:
    """Return the collector's configuration (JSON is YAML)."""
    jobs = [_job("kuberay", cluster, {"static_configs": [{"targets": [_OPERATOR]}]})]
    if gpus:
        found = {"names": [f"{DCGM}.{GPU_NAMESPACE}.svc"], "type": "A", "port": PORT}
        jobs.append(_job("dcgm", cluster, {"dns_sd_configs": [found]}))
    exporter = {
        "namespace": SPACE,
        "region": region,
        "log_group_name": log_group,
        "log_stream_name": cluster,
        "dimension_rollup_option": "NoDimensionRollup",
        "metric_declarations": _declarations(gpus=gpus),
    }
    return {
        "receivers": {"prometheus": {"config": {"global": {"scrape_interval": "60s"}, "scrape_configs": jobs}}},
        "processors": {"batch": {"timeout": "60s"}},
        "exporters": {"awsemf": exporter},
        "extensions": {"health_check": {"endpoint": "0.0.0.0:13133"}},
        "service": {
            "extensions": ["health_check"],
            "pipelines": {"metrics": {"receivers": ["prometheus"], "processors": ["batch"], "exporters": ["awsemf"]}},
        },
    }


def _job(name: str, cluster: str, targets: Mapping[str, Any]) -> dict[str, Any]:
    named = {"target_label": "cluster", "replacement": cluster}
    return {"job_name": name, **targets, "relabel_configs": [named]}


def _declarations(*, gpus: bool) -> list[dict[str, Any]]:
    """Return which metrics become CloudWatch's, with the one dimension that alarms name."""
    failed = {"label_names": ["deployment_status"], "regex": "^Failed$"}
    jobs = {"metric_name_selectors": ["^kuberay_job_deployment_status$"], "label_matchers": [failed]}
    wanted = [jobs]
    if gpus:
        wanted.append({"metric_name_selectors": ["^DCGM_FI_DEV_GPU_UTIL$", "^DCGM_FI_DEV_FB_USED$"]})
    return [{"dimensions": [["cluster"]], **one} for one in wanted]


def pod(image: str) -> k8s.core.v1.PodSpecArgsDict:
    """Return the agent's pod."""
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
        "volume_mounts": [{"name": "config", "mount_path": _FOLDER, "read_only": True}],
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
        "volumes": [{"name": "config", "config_map": {"name": AGENT}}],
    }
