"""What differs between dev, staging and prod unless `platform.yaml` says otherwise: sizes, never code."""

from collections.abc import Mapping
from typing import Any

TWO_ZONES = frozenset({"us-west-1"})  # regions with no more than two zones in which EKS puts a control plane

PRESETS: dict[str, dict[str, Any]] = {
    "dev": {
        "network": {"cidr": "10.20.0.0/16", "zones": 2, "nat": "single"},
        "ci": {"compute": "small"},
        "service": {"cpu": 256, "memory_mb": 1024},
        "usage": {"cpu_node_hours": 50},
        "budget": {"monthly_usd": 350},
    },
    "staging": {
        "network": {"cidr": "10.21.0.0/16", "zones": 2, "nat": "single"},
        "registry": {"instance_class": "db.t4g.small", "backup_days": 14},
        "budget": {"monthly_usd": 400},
    },
    "prod": {
        "network": {"cidr": "10.22.0.0/16", "zones": 3, "nat": "per_zone", "flow_log_days": 365},
        "registry": {
            "instance_class": "db.t4g.medium",
            "storage_gb": 50,
            "max_storage_gb": 500,
            "multi_az": True,
            "backup_days": 30,
            "cpu": 1024,
            "memory_mb": 4096,
            "min_tasks": 2,
            "max_tasks": 4,
        },
        "cluster": {"deletion_protection": True, "log_days": 365},
        "serving": {"deletion_protection": True, "log_days": 365},
        "service": {"cpu": 1024, "memory_mb": 2048, "min_tasks": 2, "max_tasks": 10},
        "monitoring": {"log_days": 365},
        "budget": {"monthly_usd": 1500},
    },
}


def with_presets(name: str, given: object, region: object) -> object:
    """Return an environment's own words over the preset of its name; what is no mapping is left for the check.

    `region` is the platform's, where the environment names none.
    """
    preset = PRESETS.get(name)
    if preset is None or not isinstance(given, Mapping | None):
        return given
    own = given or {}
    here = str(own.get("region") or region)
    return _over(_over(preset, {"network": {"zones": 2}}) if here in TWO_ZONES else preset, own)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = _over(under, value) if both else value
    return merged
