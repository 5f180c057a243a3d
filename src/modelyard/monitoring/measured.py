"""The numbers of each version that alarms are set on."""

import math
from collections.abc import Sequence

from modelyard.monitoring.results import Performance, Service, VersionDrift, VersionMetrics
from modelyard.routing.document import Routing

_GONE = "retired"  # neither champion nor challenger nor the champion before
_AGES = {"stale_data": "data_age_hours", "stale_model": "model_age_days"}


def measured(
    drift: Sequence[VersionDrift], found: Performance, service: Service, routing: Routing
) -> list[VersionMetrics]:
    """Return the numbers of each version that answered; the ages are those of the one that answered most.

    Args:
        drift: All versions, the one that answered most rows first.
        found: Their performance; what counts of a version is its newest judged window.
        service: The checks that tell the ages.
        routing: Says which role a version has now.
    """
    ages = {_AGES[check.name]: check.value for check in service.checks if check.name in _AGES}
    return [
        VersionMetrics(
            version=version.version,
            role=_role(version.sha256, routing),
            metrics=_finite({**_drift(version), **_performance(version.version, found), **(ages if first else {})}),
        )
        for version, first in zip(drift, [True, *[False] * len(drift)], strict=False)
    ]


def _drift(version: VersionDrift) -> dict[str, float | None]:
    distances = [column.ks for column in version.columns if column.ks is not None]
    return {
        "drift_distance_max": max(distances, default=None),
        "drift_alert": version.alert if version.columns else None,
    }


def _performance(version: int, found: Performance) -> dict[str, float | None]:
    judged = [window.pooled for window in found.windows if window.version == version and window.pooled is not None]
    if not judged:
        return {}
    last = judged[-1]
    return {
        "calibration_alert": version in found.calibration,
        "calibration_gap": last.gap.value,
        "skill": None if last.skill is None else last.skill.value,
    }


def _role(sha256: str, routing: Routing) -> str:
    for role in ("champion", "challenger", "previous"):
        ref = getattr(routing, role)
        if ref is not None and ref.sha256 == sha256:
            return role
    return _GONE


def _finite(values: dict[str, float | None]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items() if value is not None and math.isfinite(value)}
