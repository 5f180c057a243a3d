from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
import watched

from modelyard.feedback import FeedbackRequest, add
from modelyard.monitoring import MonitorRequest, monitor

pytestmark = pytest.mark.slow

LATE = datetime(2025, 6, 1)


def serve(found, scores, truth, days=21, classes=("no", "yes"), told=1.0, **more):
    """Serve rows spread over days from 2025-02-26 on, and tell the outcome of a share of them."""
    rows = watched.serve(found, watched.inputs(len(truth), days, begin=56), scores, classes, **more)
    labels = rows.select("request_id").with_columns(y=pl.Series(truth)).filter(pl.int_range(pl.len()) % 10 < told * 10)
    labels.write_parquet(found.root / "labels.parquet")
    add(found, FeedbackRequest(labels="labels.parquet", as_of=datetime(2025, 3, 1)))


def look(found, as_of=LATE, **more):
    return monitor(found, MonitorRequest(since=watched.BEGINS, until=datetime(2025, 3, 19), as_of=as_of, **more))


def binary(n=4000, low=0.1, high=0.5, seed=0):
    r = np.random.default_rng(seed)
    said = r.uniform(low, high, n)
    return said, r.random(n)


def project(tmp_path, **more):
    truth = pl.Series("y", ["yes"] * 300 + ["no"] * 700)
    return watched.project(tmp_path / "p", truth=truth, **more)


def test_a_calibrated_model_raises_no_alert(tmp_path):
    found = project(tmp_path)
    said, luck = binary()
    serve(found, said, np.where(luck < said, "yes", "no"))
    result = look(found)
    window = result.performance.windows[-1]
    assert not result.performance.alert
    assert (window.judged, window.coverage, window.pooled.blocks, window.pooled.unit) == (True, 1.0, 21, "day")
    assert window.pooled.gap.low < 0 < window.pooled.gap.high
    assert window.pooled.skill.value > 0
    assert result.performance.skill_of == "the constant answer of the training rows"


def test_predictions_that_no_longer_come_true_alert(tmp_path):
    found = project(tmp_path)
    said, luck = binary()
    serve(found, said, np.where(luck < said + 0.2, "yes", "no"))
    result = look(found)
    assert result.performance.calibration == [1]
    alert = next(a for a in result.alerts if a.kind == "calibration")
    assert alert.values["predicted"] == pytest.approx(0.3, abs=0.01)
    assert alert.values["observed"] == pytest.approx(0.5, abs=0.03)
    assert result.metrics["calibration_gap"] == pytest.approx(-0.2, abs=0.03)


def test_a_model_that_is_worse_than_none_alerts(tmp_path):
    found = project(tmp_path)
    said, luck = binary(low=0.01, high=0.59)
    serve(found, said, np.where(luck < 0.6 - said, "yes", "no"))
    assert look(found).performance.skill == [1]


def test_only_matured_windows_are_judged(tmp_path):
    found = project(tmp_path)
    said, luck = binary()
    serve(found, said, np.where(luck < said + 0.3, "yes", "no"), told=0.9)
    early = look(found, as_of=datetime(2025, 3, 20))
    assert not early.performance.alert
    assert [w.reason for w in early.performance.windows if not w.judged][-1] == "labels may still come"
    assert look(found).performance.alert


def test_rows_without_a_label_are_no_negatives(tmp_path):
    found = project(tmp_path)
    said, _ = binary()
    told = np.array([None] * len(said), dtype=object)
    told[::3] = np.where(np.random.default_rng(1).random(len(told[::3])) < said[::3], "yes", "no")
    serve(found, said, told.tolist())
    window = look(found).performance.windows[-1]
    assert window.coverage == pytest.approx(1 / 3, abs=0.01)
    assert not window.miscalibrated
    assert window.pooled.observed == pytest.approx(0.3, abs=0.05)


def test_an_estimate_says_what_it_assumes_and_clears_nothing(tmp_path):
    found = project(tmp_path)
    said, luck = binary()
    serve(found, said, np.where(luck < said + 0.3, "yes", "no"), told=0.9)
    result = look(found)
    assert result.performance.alert
    assert [(e.rows, e.says) for e in result.performance.estimated] == [(400, "assumes calibration still holds")]


def test_an_estimate_is_hidden_while_drift_alerts(tmp_path):
    found = project(tmp_path)
    said, _ = binary(1000)
    watched.serve(found, watched.inputs(1000, 21, begin=56, shift=3), said)
    result = look(found)
    assert result.drift.alert
    assert result.performance.estimated == []
    assert "drift" in result.performance.hidden


def test_a_regression_is_judged_by_its_mean(tmp_path):
    r = np.random.default_rng(0)
    truth = r.normal(100, 10, size=3000)
    found = watched.project(tmp_path / "p", task="regression", truth=pl.Series("y", truth))
    serve(found, truth + r.normal(size=3000), truth + 5, classes=())
    result = look(found)
    pooled = result.performance.windows[-1].pooled
    assert result.performance.calibration == [1]
    assert pooled.gap.value == pytest.approx(-5, abs=0.1)
    assert pooled.skill.value == pytest.approx(1 - 26 / 125, abs=0.05)
    assert result.performance.estimated == []


def test_outcomes_of_an_older_ledger_that_no_model_can_answer_do_not_count(tmp_path, monkeypatch, recwarn):
    truth = np.random.default_rng(0).normal(100, 10, size=3000)
    found = watched.project(tmp_path / "p", task="regression", truth=pl.Series("y", truth))
    monkeypatch.setattr("modelyard.feedback.labels.LARGEST", float("inf"))
    serve(found, truth, np.where(np.arange(3000) % 100 == 0, 1e300, truth + 5), classes=())
    result = look(found)
    assert (result.performance.labelled, result.performance.calibration) == (2970, [1])
    assert "Infinity" not in result.model_dump_json()
    assert [str(told.message) for told in recwarn if told.category is RuntimeWarning] == []


def test_the_worst_class_of_several_is_named(tmp_path):
    r = np.random.default_rng(0)
    scores = r.dirichlet([2, 2, 2], size=3000)
    names = np.array(["low", "mid", "high"])
    drawn = np.array([r.choice(3, p=p) for p in scores])
    truth = pl.Series("y", names[drawn])
    found = watched.project(tmp_path / "p", task="multiclass", truth=truth)
    wrong = np.where((drawn == 0) & (r.random(3000) < 0.6), 2, drawn)
    serve(found, scores, names[wrong], classes=tuple(names))
    result = look(found)
    assert result.performance.calibration == [1]
    assert result.performance.windows[-1].pooled.label in {"low", "high"}


def test_without_the_training_rate_the_labels_own_stands_in(tmp_path):
    found = watched.project(tmp_path / "p")
    said, luck = binary()
    serve(found, said, np.where(luck < said, "yes", "no"))
    result = look(found)
    assert result.performance.windows[-1].pooled.skill.value > 0
    assert result.performance.skill_of == "the constant answer that the labels ask for"


def test_rows_are_blocks_where_nothing_else_is(tmp_path):
    truth = pl.Series("y", ["yes"] * 300 + ["no"] * 700)
    found = watched.project(tmp_path / "p", watched.inputs().drop("when"), time=None, truth=truth)
    said, luck = binary(2000)
    rows = watched.serve(found, watched.inputs(2000).drop("when"), said, received=datetime(2025, 3, 1))
    labels = rows.select("request_id").with_columns(y=pl.Series(np.where(luck < said + 0.2, "yes", "no")))
    labels.write_parquet(found.root / "labels.parquet")
    add(found, FeedbackRequest(labels="labels.parquet", as_of=LATE))
    result = look(found)
    assert result.performance.calibration == [1]
    assert result.performance.windows[-1].pooled.unit == "row"


def test_the_default_span_reaches_back_to_matured_windows(tmp_path):
    found = project(tmp_path)
    said, luck = binary()
    serve(found, said, np.where(luck < said + 0.2, "yes", "no"))
    watched.serve(found, watched.inputs(1000, 14, begin=112), boot="now")
    result = monitor(found, MonitorRequest(as_of=watched.BEGINS + timedelta(days=126)))
    assert result.rows == 1000
    assert result.performance.calibration == [1]
