"""Who emits which metric: an alarm on anything else would wait for ever."""

from collections.abc import Mapping

SERVERS = ("project", "env", "version", "role")  # every ten seconds, in CloudWatch's embedded format
MONITOR = ("project", "env")  # `modelyard monitor`, once a run
GPUS = ("cluster",)  # the agent in the cluster, from DCGM
JOBS = ("cluster",)  # the agent in the cluster, from the KubeRay operator

OURS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Modelyard": {
        "requests": SERVERS,
        "errors": SERVERS,
        "unanswered": SERVERS,
        "latency_ms": SERVERS,
        "prediction_mean": SERVERS,
        "capture_dropped": SERVERS,
        "drift_distance_max": MONITOR,
        "drift_alert": MONITOR,  # 1 where `modelyard monitor` alerts: the limits lie in the data, not in the alarm
        "calibration_alert": MONITOR,
        "calibration_gap": MONITOR,
        "skill": MONITOR,
        "data_age_hours": MONITOR,
        "model_age_days": MONITOR,
    },
    "Modelyard/Cluster": {
        "DCGM_FI_DEV_GPU_UTIL": GPUS,
        "DCGM_FI_DEV_FB_USED": GPUS,
        "kuberay_job_deployment_status": JOBS,
    },
}


def emitted(namespace: str, metric: str) -> bool:
    """Say whether somebody emits a metric; AWS's own namespaces are taken at their word."""
    return namespace.startswith("AWS/") or metric in OURS.get(namespace, {})
