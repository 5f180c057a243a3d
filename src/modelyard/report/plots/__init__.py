"""The pictures of a model in service, as SVG text: releases, drift, performance over time."""

from modelyard.report.data import ReportData
from modelyard.report.plots import drift, performance, traffic


def draw(data: ReportData) -> dict[str, str]:
    """Draw what the project has so far.

    Returns:
        Name -> SVG text. Names: traffic, drift, drift_windows, calibration_windows, skill_windows, latency,
        periods. The same data give the same bytes.
    """
    newest = data.monitored[-1] if data.monitored else None
    found: dict[str, str | None] = {
        "traffic": traffic.shares(data.releases) if data.releases else None,
        "drift": drift.columns(newest.drift) if newest else None,
        "drift_windows": drift.windows(newest.drift) if newest else None,
        "calibration_windows": performance.calibration(data.monitored) if newest else None,
        "skill_windows": performance.skill(data.monitored) if newest else None,
        "latency": traffic.latency(data.releases) if data.releases else None,
        "periods": performance.periods(data.periods) if data.periods else None,
    }
    return {name: picture for name, picture in found.items() if picture is not None}
