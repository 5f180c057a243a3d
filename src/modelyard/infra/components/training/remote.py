"""The second way out of the metrics agent: everything, and what the model servers count, to Managed Prometheus."""

from typing import Any

from modelyard.infra.components.training import scraping

_EXPORTER, _SIGNER = "prometheusremotewrite", "sigv4auth"


def remembered(config: dict[str, Any], endpoint: str, cluster: str, region: str) -> dict[str, Any]:
    """Return a collector's configuration that also writes to a workspace, by its endpoint.

    The model servers have a pipeline of their own: CloudWatch has their numbers from their own log lines.
    """
    service = config["service"]
    metrics = service["pipelines"]["metrics"]
    models = {"receivers": ["prometheus/models"], "processors": ["batch/models"], "exporters": [_EXPORTER]}
    asked = {"config": {"scrape_configs": scraping.of_models(cluster)}}
    return config | {
        "receivers": {**config["receivers"], "prometheus/models": asked},
        "processors": {**config["processors"], "batch/models": {"timeout": "5s"}},
        "exporters": {**config["exporters"], _EXPORTER: _writes(endpoint)},
        "extensions": {**config["extensions"], _SIGNER: {"region": region, "service": "aps"}},
        "service": {
            "extensions": [*service["extensions"], _SIGNER],
            "pipelines": {
                "metrics": {**metrics, "exporters": [*metrics["exporters"], _EXPORTER]},
                "metrics/models": models,
            },
        },
    }


def _writes(endpoint: str) -> dict[str, Any]:
    return {
        "endpoint": f"{endpoint.rstrip('/')}/api/v1/remote_write",
        "auth": {"authenticator": _SIGNER},
        "translation_strategy": "UnderscoreEscapingWithoutSuffixes",  # names stay as they were told
        "disable_scope_info": True,
        "target_info": {"enabled": False},
    }
