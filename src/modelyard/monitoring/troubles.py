"""Turns what was found into alerts, and into the few numbers that alarms are set on."""

from collections.abc import Callable, Iterator

from modelyard.monitoring.alerts import Alert
from modelyard.monitoring.alerts.dispatch import EVENT
from modelyard.monitoring.results import ColumnDrift, MonitorResult, PerformanceWindow, VersionDrift
from modelyard.routing.document import Routing

_MOST_NAMED = 5
_CRITICAL = {"errors", "no_traffic", "capture_loss"}


def troubles(found: MonitorResult) -> list[Alert]:
    """Return one alert per trouble: a version's drift, its calibration, its skill, and each check of the service."""
    return [*_drift(found), *_performance(found), *_service(found)]


def looked_at(found: MonitorResult, routing: Routing) -> Callable[[str], bool]:
    """Return what says whether the trouble of a key was judged: without rows, labels or requests nothing is over.

    A version that serves no more has no trouble any more.
    """
    serving = {ref.version for ref in (routing.champion, routing.challenger) if ref is not None}
    judged = {f"drift:v{version.version}" for version in found.drift.versions if _is_judged(version)}
    pooled = {window.version for window in found.performance.windows if window.judged}
    judged |= {f"{kind}:v{version}" for kind in ("calibration", "skill") for version in pooled}
    judged |= {EVENT} if judged else set()
    judged |= {check.name for check in found.service.checks if check.value is not None}

    def was(key: str) -> bool:
        version = key.rpartition(":v")[2]
        return key in judged or (version.isdecimal() and int(version) not in serving)

    return was


def _is_judged(version: VersionDrift) -> bool:
    return any(window.judged for column in version.columns for window in column.windows)


def metrics(found: MonitorResult) -> dict[str, float]:
    """Return the numbers that are emitted, as many as there are; alarms are set on verdicts, and not on distances."""
    columns = [column for version in found.drift.versions for column in version.columns]
    distances = [column.ks for column in columns if column.ks is not None]
    judged = [window.pooled for window in found.performance.windows if window.pooled is not None]
    values = {check.name: check.value for check in found.service.checks}
    last = judged[-1] if judged else None
    candidates = {
        "drift_distance_max": max(distances, default=None),
        "drift_alert": found.drift.alert if columns else None,
        "calibration_alert": bool(found.performance.calibration) if judged else None,
        "calibration_gap": last.gap.value if last is not None else None,
        "skill": last.skill.value if last is not None and last.skill is not None else None,
        "data_age_hours": values.get("stale_data"),
        "model_age_days": values.get("stale_model"),
    }
    return {name: float(value) for name, value in candidates.items() if value is not None}


def _drift(found: MonitorResult) -> Iterator[Alert]:
    for version in found.drift.versions:
        drifted = [column for column in [*version.columns, *version.predictions] if column.alert]
        if drifted:
            yield _of_drift(version, sorted(drifted, key=_order), found)


def _order(column: ColumnDrift) -> tuple[str, float]:
    """Put first what began first, then what lies farthest."""
    return column.first.since if column.first else "", -(column.furthest[0] or 0.0)


def _of_drift(version: VersionDrift, drifted: list[ColumnDrift], found: MonitorResult) -> Alert:
    first = drifted[0]
    names = ", ".join(column.name for column in drifted[:_MOST_NAMED])
    more = f" and {len(drifted) - _MOST_NAMED} more" if len(drifted) > _MOST_NAMED else ""
    lines = [_told(column) for column in drifted[:_MOST_NAMED]]
    return Alert(
        key=f"drift:v{version.version}",
        kind="drift",
        title=f"Version {version.version}: {names}{more} differ from training",
        text=" ".join([*lines, "Look at `modelyard report`, and retrain when labels have come."]),
        window=found.window.interval if found.window else "",
        values={"rows": version.rows, "columns": len(drifted), "column": first.name, "distance": first.furthest[0]},
    )


def _told(column: ColumnDrift) -> str:
    since = f" since {column.first.since[:10]}" if column.first else ""
    what = "total variation" if column.measure == "tv" else "KS"
    missing = f", {column.missing:.1%} missing (was {column.missing_before:.1%})" if column.missing else ""
    far, limit = column.furthest
    return f"{column.name}: {what} {far or 0:.3f}, limit {limit:.3f}{missing}{since}."


def _performance(found: MonitorResult) -> Iterator[Alert]:
    for version in found.performance.calibration:
        yield from _of_calibration(version, _newest(found, version, "miscalibrated"))
    for version in found.performance.skill:
        yield from _of_skill(version, _newest(found, version, "useless"), found.performance.skill_of)


def _newest(found: MonitorResult, version: int, what: str) -> PerformanceWindow:
    return [w for w in found.performance.windows if w.version == version and getattr(w, what)][-1]


def _of_calibration(version: int, window: PerformanceWindow) -> Iterator[Alert]:
    bad = window.pooled
    if bad is None:
        return
    of = f" for {bad.label}" if bad.label else ""
    low, high = bad.gap.low or 0.0, bad.gap.high or 0.0
    yield Alert(
        key=f"calibration:v{version}",
        kind="calibration",
        title=f"Version {version}: mean prediction {bad.predicted:.3g}, truth {bad.observed:.3g}{of}",
        text=(
            f"In {bad.rows:,} labelled rows ({window.coverage:.0%} of the newest window's), in {bad.blocks} blocks "
            f"({bad.unit}); 95 % interval of the gap {low:.3g} to {high:.3g}, limit {bad.gap_limit:.3g}. Retrain."
        ),
        window=f"{bad.since}/{bad.until}",
        values={"predicted": bad.predicted, "observed": bad.observed, "rows": bad.rows, "low": low, "high": high},
    )


def _of_skill(version: int, window: PerformanceWindow, against: str) -> Iterator[Alert]:
    bad = window.pooled
    if bad is None or bad.skill is None:
        return
    yield Alert(
        key=f"skill:v{version}",
        kind="skill",
        title=f"Version {version}: no better than {against}",
        text=f"Skill {bad.skill.value:.3f} in {bad.rows:,} labelled rows. Retrain, or go back.",
        window=f"{bad.since}/{bad.until}",
        values={"skill": bad.skill.value, "high": bad.skill.high, "rows": bad.rows},
    )


def _service(found: MonitorResult) -> Iterator[Alert]:
    for check in found.service.checks:
        if check.alert:
            yield Alert(
                key=check.name,
                kind=check.name,
                severity="critical" if check.name in _CRITICAL else "warning",
                title=f"{check.name.replace('_', ' ').capitalize()}: {check.says}",
                text=f"Limit: {check.limit:g} {check.unit}." if check.limit is not None else "",
                window=found.window.interval if found.window else "",
                values={"value": check.value, "limit": check.limit},
            )
