from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
import watched
from scipy.stats import ks_2samp

from modelyard.errors import RequestError
from modelyard.monitoring import MonitorRequest, history, monitor, words
from modelyard.monitoring.cells import CellCounter
from modelyard.monitoring.windows import Grid, first_alert
from modelyard.reference.distance import cells

pytestmark = pytest.mark.slow


def look(found, since=None, until=None, **more):
    request = MonitorRequest(
        since=since and watched.BEGINS + timedelta(days=since),
        until=until and watched.BEGINS + timedelta(days=until),
        as_of=datetime(2026, 1, 2),
        **more,
    )
    return monitor(found, request)


def column(result, name):
    return next(c for c in result.drift.columns if c.name == name)


def test_rows_like_those_of_training_raise_no_drift(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(3000, 21, begin=56))
    result = look(found)
    assert not result.drift.alert
    assert (result.rows, result.drift.version) == (3000, 1)
    assert [c.name for c in result.drift.columns] == ["x", "c"]
    assert len(column(result, "x").windows) == 3
    assert result.window.until == "2025-03-19T00:00:00"


def test_a_shifted_column_alerts_and_the_others_do_not(tmp_path):
    found = watched.project(tmp_path / "p")
    now = watched.inputs(3000, 21, begin=56, shift=1.0)
    watched.serve(found, now)
    result = look(found)
    x = column(result, "x")
    assert result.drift.alert
    assert x.alert
    assert not column(result, "c").alert
    assert x.ks == pytest.approx(ks_2samp(watched.inputs()["x"], now["x"]).statistic, abs=0.01)
    assert [a.kind for a in result.alerts] == ["drift"]
    assert result.metrics["drift_distance_max"] == x.ks
    assert result.metrics["drift_alert"] == 1


def test_windows_that_lie_far_on_opposite_sides_are_told_by_their_own_distance(tmp_path):
    found = watched.project(tmp_path / "p")
    for week, shift in enumerate((1.0, -1.0)):
        watched.serve(found, watched.inputs(1000, 7, begin=56 + 7 * week, shift=shift), boot=str(week))
    result = look(found, since=56, until=70)
    x = column(result, "x")
    far, limit = x.furthest
    assert x.alert
    assert far == max(w.distance for w in x.windows) > limit == x.windows[0].limit
    assert far > 1.4 * x.ks  # together they lie near training
    (alert,) = result.alerts
    assert f"x: KS {far:.3f}, limit {limit:.3f}" in alert.text
    assert f"{far:.3f}" in next(line for line in words.lines(result) if line.startswith("  ! x "))


def test_a_span_without_a_window_to_judge_is_told_by_all_its_rows(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(20, 1, begin=56))
    x = column(look(found, since=56, until=57), "x")
    assert [w.judged for w in x.windows] == [False]
    assert x.furthest == (x.ks, x.limit)


def test_the_limit_is_what_windows_inside_training_did(tmp_path):
    one_hot_week = (pl.col("when").dt.ordinal_day() - 1) // 7 == 3
    found = watched.project(tmp_path / "p", watched.inputs().with_columns(x=pl.col("x") + one_hot_week))
    watched.serve(found, watched.inputs(3000, 21, begin=56, shift=0.6))
    result = look(found)
    x = column(result, "x")
    assert x.limit > 0.3
    assert x.ks > 0.15
    assert not x.alert
    assert result.metrics["drift_alert"] == 0  # which an alarm on the distance would not know


def test_one_window_of_three_is_no_alert_and_two_are(tmp_path):
    odd = watched.project(tmp_path / "one")
    watched.serve(odd, watched.inputs(2000, 14, begin=56))
    watched.serve(odd, watched.inputs(1000, 7, begin=70, shift=2), boot="b")
    assert not look(odd, since=56, until=77).drift.alert
    assert [w.drifts for w in column(look(odd, since=56, until=77), "x").windows] == [False, False, True]
    watched.serve(odd, watched.inputs(1000, 7, begin=77, shift=2), boot="c")
    result = look(odd, since=56, until=84)
    assert column(result, "x").first.since == "2025-03-19T00:00:00"


def test_a_span_of_a_single_window_can_be_judged(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(500, 1, begin=60, shift=3))
    assert look(found, since=60, until=61).drift.alert


def test_a_window_that_is_not_over_is_measured_by_shorter_ones(tmp_path):
    daily = watched.inputs().with_columns(x=pl.col("x") + pl.col("when").dt.weekday())
    found = watched.project(tmp_path / "p", daily)
    watched.serve(found, daily.filter(pl.col("when").dt.date() == datetime(2025, 1, 6)).with_columns(pl.col("when")))
    x = column(look(found), "x")
    assert x.ks > 0.1
    assert not x.alert


def test_few_rows_raise_no_drift_by_chance(tmp_path):
    found = watched.project(tmp_path / "p")
    for seed in range(20):
        watched.serve(found, watched.inputs(35, 1, begin=56 + 7 * seed, seed=seed), boot=f"b{seed}", first=0)
    assert not look(found, since=56, until=200).drift.alert


def test_values_that_go_missing_alert(tmp_path):
    found = watched.project(tmp_path / "p")
    gone = watched.inputs(3000, 21, begin=56).with_columns(
        x=pl.when(pl.int_range(pl.len()) % 2 == 0).then("x"), c=pl.lit(None, pl.String)
    )
    watched.serve(found, gone)
    result = look(found)
    assert column(result, "x").alert
    assert column(result, "x").missing == 0.5
    assert (column(result, "c").missing, column(result, "c").ks, column(result, "c").alert) == (1.0, None, True)


def test_rows_without_a_single_value_alert_though_no_distance_can_be_measured(tmp_path):
    found = watched.project(tmp_path / "p")
    nothing = watched.inputs(3000, 21, begin=56).with_columns(x=pl.lit(None, pl.Float64), c=pl.lit(None, pl.String))
    watched.serve(found, nothing)
    result = look(found)
    assert "drift_distance_max" not in result.metrics
    assert result.metrics["drift_alert"] == 1
    assert result.versions[0].metrics["drift_alert"] == 1


def test_new_categories_are_named(tmp_path):
    found = watched.project(tmp_path / "p")
    r = np.random.default_rng(0)
    watched.serve(found, watched.inputs(3000, 21, begin=56, c=pl.Series(r.choice(["red", "pink", "grey"], 3000))))
    c = column(look(found), "c")
    assert c.alert
    assert set(c.new_values) == {"pink", "grey"}
    assert c.new == pytest.approx(2 / 3, abs=0.05)
    assert c.measure == "tv"


def test_predictions_that_move_alert(tmp_path):
    r = np.random.default_rng(0)
    held_out = r.beta(2, 8, size=3000)
    found = watched.project(tmp_path / "p", predictions=np.column_stack([1 - held_out, held_out]))
    watched.serve(found, watched.inputs(3000, 21, begin=56), r.beta(5, 5, size=3000))
    result = look(found)
    assert result.drift.alert
    assert [p.alert for p in result.drift.predictions] == [True]


def test_a_column_called_prediction_is_told_apart_from_what_the_model_answers(tmp_path):
    r = np.random.default_rng(0)
    held_out = r.beta(2, 8, size=3000)
    trained = watched.inputs().rename({"x": "prediction"})
    found = watched.project(tmp_path / "p", trained, predictions=np.column_stack([1 - held_out, held_out]))
    asked = watched.inputs(3000, 21, begin=56).rename({"x": "prediction"})
    watched.serve(found, asked, r.beta(5, 5, size=3000))
    result = look(found)
    assert column(result, "prediction").alert is False
    assert [(p.name, p.alert) for p in result.drift.predictions] == [("prediction (answered)", True)]
    assert "prediction (answered) differ" in result.alerts[0].title


@pytest.mark.parametrize("name", ["*", "^a$", "a b", "", "é.ü", 'q"uote', "rows", "version", "inputs", "(other)"])
def test_columns_of_any_name_are_compared(tmp_path, name):
    trained = watched.inputs().rename({"x": name})
    found = watched.project(tmp_path / "p", trained)
    watched.serve(found, watched.inputs(3000, 21, begin=56, shift=2).rename({"x": name}))
    assert column(look(found), name).alert


def test_each_version_is_compared_with_its_own_profile(tmp_path):
    found = watched.project(tmp_path / "p")
    other, place = "b" * 64, watched.store_of(found)
    hot = watched.project(tmp_path / "other", watched.inputs(shift=5))
    for name in ("model.json", "profile.json"):
        place.put(f"models/{other}/{name}", watched.store_of(hot).get(f"models/{watched.SHA}/{name}"))
    watched.serve(found, watched.inputs(3000, 21, begin=56))
    watched.serve(found, watched.inputs(1000, 21, begin=56, shift=5), sha256=other, version=2, boot="b")
    result = look(found)
    assert [(v.version, v.rows, v.alert) for v in result.drift.versions] == [(1, 3000, False), (2, 1000, False)]


def test_a_version_without_a_profile_is_said_and_a_shadow_does_not_count(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(1000, 21, begin=56), sha256="c" * 64, version=3)
    watched.serve(found, watched.inputs(500, 21, begin=56, shift=9), role="shadow", boot="b")
    result = look(found)
    assert result.rows == 1000
    assert "profile.json" in result.drift.versions[0].without


def test_without_an_event_time_the_received_one_counts(tmp_path):
    found = watched.project(tmp_path / "p", watched.inputs().drop("when"), time=None)
    watched.serve(found, watched.inputs(1000, shift=2).drop("when"), received=datetime(2026, 1, 1))
    assert look(found).drift.alert


def test_nothing_captured_is_a_result_and_an_empty_span_is_refused(tmp_path):
    found = watched.project(tmp_path / "p")
    result = look(found)
    assert (result.window, result.rows, result.drift.alert) == (None, 0, False)
    watched.serve(found, watched.inputs(100, 1, begin=56))
    with pytest.raises(RequestError, match="empty"):
        look(found, since=60, until=50)
    assert look(found, since=100, until=107).rows == 0


def test_a_client_that_dates_its_rows_far_ahead_does_not_move_the_span(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(1000, 7, begin=56))
    watched.serve(found, watched.inputs(1, 1, begin=365 * 70), boot="b")
    assert look(found).rows == 1000


def test_infinite_and_huge_values_are_counted(tmp_path):
    found = watched.project(tmp_path / "p")
    values = pl.Series("x", [float("inf"), float("-inf"), 1e308, -1e308, float("nan")] * 200)
    watched.serve(found, watched.inputs(1000, 7, begin=56, x=values))
    x = column(look(found), "x")
    assert x.alert
    assert x.missing == 0.2


def test_small_files_of_days_that_are_over_are_merged(tmp_path):
    found = watched.project(tmp_path / "p")
    for number in range(10):
        watched.serve(found, watched.inputs(50, 1, begin=56, seed=number), boot=f"b{number}")
    before = look(found)
    assert len(watched.store_of(found).list("captures/date=2025-02-26")) == 1
    after = look(found)
    assert (before.rows, after.rows) == (500, 500)
    assert before.drift == after.drift


def test_results_are_kept_for_the_report(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(3000, 21, begin=56, shift=1))
    first, second = look(found), look(found, since=56, until=63)
    kept = history.load(watched.store_of(found))
    assert {r.window.until for r in kept} == {first.window.until, second.window.until}
    assert all(r.drift.alert for r in kept)
    watched.store_of(found).put("monitoring/99990101T000000000000-x.json", b'{"of": "the future"}')
    assert len(history.load(watched.store_of(found))) == 2


@pytest.mark.parametrize("kind", ["smooth", "whole", "rounded", "huge", "skewed", "close", "constant"])
def test_counts_on_cells_are_exact(kind):
    r = np.random.default_rng(1)
    pool = {
        "smooth": r.normal(size=900),
        "whole": r.integers(0, 60, 900).astype(float),
        "rounded": np.round(r.normal(size=900), 2),
        "huge": r.normal(size=900) * 1e300,
        "skewed": r.exponential(size=900) ** 8,
        "close": 1e9 + r.normal(size=900) * 1e-6,
        "constant": np.array([5.0]),
    }[kind]
    edges = np.unique(r.choice(pool, 199))
    values = np.concatenate([r.choice(pool, 200_000), edges, [np.inf, -np.inf, -0.0, 0.0, np.nan, np.nan]])
    counts, missing = CellCounter(edges).count(values)
    present = values[~np.isnan(values)]
    assert missing == 2
    assert counts.tolist() == np.bincount(cells(present, edges), minlength=2 * len(edges) + 1).tolist()


@pytest.mark.parametrize(
    ("bad", "position"),
    [([0, 0, 1, 0, 1], 4), ([1], 0), ([0], None), ([], None), ([1, 0], None), ([1, 1], 1), ([1, 0, 0, 1, 0], None)],
)
def test_two_of_three_windows_raise_an_alert(bad, position):
    assert first_alert([bool(b) for b in bad], 2, 3) == position


def test_windows_are_in_step_with_training():
    grid = Grid.of("2013-01-01T05:00:00", 7)
    assert grid.span(grid.number(datetime(2013, 4, 20))).since == "2013-04-16T00:00:00"
    assert grid.numbers(pl.Series([datetime(2012, 12, 31), datetime(2013, 1, 1), datetime(2013, 1, 8)])).tolist() == [
        -1, 0, 1
    ]  # fmt: skip
