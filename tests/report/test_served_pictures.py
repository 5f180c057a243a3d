"""Pictures of a model in service: releases, drift, performance over time, two versions side by side."""

import pytest

from modelyard.evaluation.results import Estimate
from modelyard.monitoring.results import (
    ColumnDrift,
    Drift,
    DriftWindow,
    MonitorResult,
    Performance,
    PerformanceWindow,
    Span,
)
from modelyard.release.journal import Entry
from modelyard.report import plots
from modelyard.report.data import Period, Periods, ReleaseLog, ReportData
from modelyard.report.page import page


def estimate(value):
    return Estimate(value=value, low=value - 0.02, high=value + 0.02)


def entry(second, event, weight, **more):
    time = f"2026-01-01T00:00:{second:02d}.000+00:00"
    return Entry(time=time, event=event, step=1, weight=weight, challenger=2, champion=1, **more)


def release(end="rolled_back", **more):
    checks = [
        {"name": "errors", "verdict": "fail", "value": 0.02, "limit": 0.01, "rows": 400, "reason": "too many"},
        {"name": "latency_p99", "verdict": "pass", "value": 4.0, "limit": 10.0, "rows": 400, "reason": "fast"},
        {"name": "answers", "verdict": "waiting", "value": None, "limit": None, "rows": 0, "reason": "none yet"},
    ]
    entries = (entry(0, "started", 25.0), entry(4, "judged", 25.0, checks=checks), entry(9, end, 0.0, reason="<b>"))
    return ReleaseLog(
        id="r1", challenger=2, champion=1, state=end, started=entries[0].time, reason="<b>", entries=entries, **more
    )


def column(name, *, alert):
    windows = [
        DriftWindow(
            since=f"2026-01-0{day}T00:00:00", until=f"2026-01-0{day + 1}T00:00:00", rows=90, distance=0.1 * day,
            limit=0.2, missing=0.0, missing_limit=0.1, judged=True, drifts=day > 2,
        )
        for day in (1, 2, 3)
    ]  # fmt: skip
    return ColumnDrift(
        name=name, kind="number", measure="ks", psi=0.3, ks=0.3, limit=0.2, missing=0.0, missing_before=0.0,
        alert=alert, first=Span(since="2026-01-03", until="2026-01-04") if alert else None, windows=windows,
    )  # fmt: skip


def monitored():
    seen = [
        PerformanceWindow(
            version=version, since=f"2026-0{month}-01", until=f"2026-0{month}-08", rows=100, labelled=80, coverage=0.8,
            matured=True, predicted=0.1, observed=0.2, gap=estimate(-0.1), skill=estimate(0.05), judged=True,
            miscalibrated=month == 2,
        )
        for version, month in ((1, 1), (1, 2), (2, 3))
    ]  # fmt: skip
    names = ["temp", "$price$ <i>", ""]
    return MonitorResult(
        window=Span(since="2026-01-01", until="2026-01-04"),
        rows=270,
        drift=Drift(alert=True, version=1, columns=[column(name, alert=name == "temp") for name in names]),
        performance=Performance(windows=seen),
    )


def periods():
    found = [
        Period(
            name=name, rows=500, blocks=30, unit="day", old=estimate(0.5), new=estimate(0.45), gain=estimate(0.05),
            seen_by_new=name == "March",
        )
        for name in ("March", "July")
    ]  # fmt: skip
    return Periods(metric="log_loss", periods=tuple(found), notes=("In July it is <better>.",))


def served():
    return ReportData(project="churn", releases=(release(),), monitored=(monitored(),), periods=periods())


def test_everything_in_service_has_its_picture():
    pictures = plots.draw(served())
    assert set(pictures) == {
        "traffic", "latency", "drift", "drift_windows", "calibration_windows", "skill_windows", "periods",
    }  # fmt: skip
    assert all(svg.startswith("<svg") for svg in pictures.values())
    assert plots.draw(served()) == pictures


def test_a_project_without_service_has_none():
    assert plots.draw(ReportData(project="churn")) == {}


@pytest.mark.parametrize("state", ["promoted", "rolled_back", "aborted", "running"])
def test_each_end_of_a_release_is_said(state):
    text = page(ReportData(project="churn", releases=(release(state),)))
    assert f"Version 2 against 1: {state.replace('_', ' ')}" in text


def test_the_page_shows_checks_drift_and_months_and_escapes_what_users_wrote():
    text = page(served())
    assert "drifts since 2026-01-03" in text
    assert "too many" in text
    assert "In July it is &lt;better&gt;." in text
    assert "<i>" not in text
    assert "<b></p>" not in text


def test_a_version_change_is_marked_on_the_timeline():
    assert "v2 retrained" in plots.draw(served())["calibration_windows"]


def test_windows_without_labels_draw_no_performance():
    empty = monitored().model_copy(update={"performance": Performance()})
    assert "calibration_windows" not in plots.draw(ReportData(project="churn", monitored=(empty,)))
