import datetime as dt

import numpy as np
import polars as pl
import pytest
from judging import configured
from scipy.optimize import minimize_scalar

from modelyard.errors import RequestError
from modelyard.evaluation.blocks import blocks
from modelyard.evaluation.bootstrap import estimate
from modelyard.evaluation.compare import compare, power
from modelyard.evaluation.metrics import METRICS
from modelyard.evaluation.scored import Scored, scored
from modelyard.evaluation.tango import score_interval
from modelyard.evaluation.units import Plan, units

TABLE = pl.DataFrame(
    {
        "when": [dt.datetime(2026, 1, 1, 5), dt.datetime(2026, 1, 1, 9), dt.datetime(2026, 1, 2), None],
        "who": ["a", "b", "a", None],
        "text": ["2026-01-01T10", "2026-01-01", "2026-02-01", ""],
    }
)


@pytest.mark.parametrize(
    ("data", "block", "unit", "same"),
    [
        ({}, "auto", "row", []),
        ({"time": "when"}, "auto", "day", [(0, 1)]),
        ({"time": "text"}, "auto", "day", [(0, 1)]),
        ({"time": "when", "group": "who"}, "auto", "who", [(0, 2)]),
        ({"time": "when", "group": "who"}, "day", "day", [(0, 1)]),
        ({"time": "when"}, "row", "row", []),
        ({}, "who", "who", [(0, 2)]),
    ],
)
def test_a_block_is_the_group_else_the_day_else_the_row(data, block, unit, same):
    codes, found = blocks(TABLE, configured(data=data, block=block))
    assert found == unit
    assert [(i, j) for i in range(4) for j in range(i + 1, 4) if codes[i] == codes[j]] == same


def test_an_unknown_block_column_is_refused_with_the_nearest():
    with pytest.raises(RequestError, match="'whom'") as raised:
        blocks(TABLE, configured(block="whom"))
    assert "'who'" in raised.value.hint


def test_blocks_by_day_need_a_time_column():
    with pytest.raises(RequestError, match=r"data\.time"):
        blocks(TABLE, configured(block="day"))


def test_many_blocks_are_merged_and_still_counted():
    where = units(np.repeat(np.arange(5000), 2), Plan())
    assert (where.blocks, where.count) == (5000, 500)
    assert not where.rows_are_blocks
    assert np.bincount(where.codes).min() == np.bincount(where.codes).max() == 20


def test_one_dominant_block_leaves_few_to_resample():
    codes = np.concatenate([np.zeros(500, dtype=int), np.arange(1, 101).repeat(5)])
    assert units(codes, Plan()).effective == pytest.approx(1000**2 / (500**2 + 100 * 25))
    assert units(np.arange(300), Plan()).effective == pytest.approx(300)
    random = np.random.default_rng(0)
    rows = scored("regression", random.normal(size=1000) + 3.0 * (codes == 0), np.zeros(1000))
    even = np.arange(1000) % 101
    skewed, plain = (estimate(METRICS["mae"], rows, units(c, Plan())) for c in (codes, even))
    assert skewed.high - skewed.low > 3 * (plain.high - plain.low)


def test_the_same_seed_gives_the_same_interval():
    random = np.random.default_rng(0)
    rows = scored("regression", random.normal(size=100), random.normal(size=100))
    found = [estimate(METRICS["rmse"], rows, units(np.arange(100), Plan(200, 3))) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0] != estimate(METRICS["rmse"], rows, units(np.arange(100), Plan(200, 4)))


def test_blocks_that_move_together_widen_the_interval():
    random = np.random.default_rng(0)
    day = np.arange(2000) % 40
    truth = random.normal(size=2000) + 2.0 * random.normal(size=40)[day]
    rows = scored("regression", truth, np.zeros(2000))
    by_day, by_row = (estimate(METRICS["mae"], rows, units(codes, Plan())) for codes in (day, np.arange(2000)))
    assert by_day.high - by_day.low > 2 * (by_row.high - by_row.low)


@pytest.mark.parametrize("count", [1, 4])
def test_under_five_blocks_there_is_no_interval(count):
    rows = scored("regression", np.arange(40.0), np.zeros(40))
    found = estimate(METRICS["mae"], rows, units(np.arange(40) % count, Plan()))
    assert (found.value, found.low, found.high) == (19.5, None, None)


@pytest.mark.parametrize("name", ["mae", "rmse"])
def test_intervals_cover_the_truth_with_few_blocks(name):
    expected = {"mae": np.sqrt(2 / np.pi), "rmse": 1.0}[name]
    covered = 0
    for seed in range(400):
        random = np.random.default_rng(seed)
        rows = scored("regression", random.normal(size=200), np.zeros(200))
        found = estimate(METRICS[name], rows, units(np.arange(200) % 20, Plan(300, seed)))
        covered += found.low <= expected <= found.high
    assert covered / 400 > 0.92


@pytest.mark.parametrize(("gained", "lost", "rows"), [(5, 0, 50), (12, 7, 80), (1, 9, 40), (60, 75, 2000)])
def test_tango_bounds_are_where_the_score_test_just_rejects(gained, lost, rows):
    def statistic(difference):
        def surprise(share):
            cells = [share + difference, share, 1.0 - 2.0 * share - difference]
            counts = [gained, lost, rows - gained - lost]
            return -sum(n * np.log(max(p, 1e-300)) for n, p in zip(counts, cells, strict=True))

        least, most = max(0.0, -difference), (1.0 - difference) / 2.0
        share = minimize_scalar(surprise, bounds=(least, most), method="bounded", options={"xatol": 1e-12}).x
        variance = rows * (2.0 * share + difference - difference**2)
        return (gained - lost - rows * difference) / np.sqrt(variance)

    low, high = score_interval(gained, lost, rows)
    assert statistic(low) == pytest.approx(1.96, abs=2e-3)
    assert statistic(high) == pytest.approx(-1.96, abs=2e-3)


def test_tango_is_symmetric_and_gives_a_width_to_complete_agreement():
    low, high = score_interval(3, 8, 60)
    assert score_interval(8, 3, 60) == (pytest.approx(-high), pytest.approx(-low))
    low, high = score_interval(0, 0, 50)
    assert -high == pytest.approx(low)
    assert high == pytest.approx(1.96**2 / (50 + 1.96**2), abs=1e-4)


def pair(n=500):
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, n)
    good = np.clip(truth * 0.3 + random.random(n) * 0.6, 0, 1)
    return scored("binary", truth, good), scored("binary", truth, np.clip(good + random.normal(size=n) * 0.2, 0, 1))


@pytest.mark.parametrize("name", ["roc_auc", "log_loss", "accuracy", "brier"])
def test_a_better_candidate_has_a_positive_difference_whatever_the_direction(name):
    good, bad = pair()
    where = units(np.arange(500), Plan(300))
    forth, back = (compare(METRICS[name], a, b, where, "x") for a, b in ((good, bad), (bad, good)))
    assert forth.difference.low > 0 > back.difference.high
    assert forth.difference.value == pytest.approx(-back.difference.value)


def test_label_metrics_use_tango_only_where_rows_are_blocks():
    good, bad = pair()
    by_row, by_day = (units(codes, Plan(100)) for codes in (np.arange(500), np.arange(500) % 30))
    assert compare(METRICS["accuracy"], good, bad, by_row, "x").method == "tango"
    assert compare(METRICS["accuracy"], good, bad, by_day, "x").method == "bootstrap"
    assert compare(METRICS["f1"], good, bad, by_row, "x").method == "bootstrap"


def test_a_model_compared_with_itself_differs_by_nothing():
    good, _ = pair()
    same = compare(METRICS["roc_auc"], good, good, units(np.arange(500), Plan(100)), "x")
    assert (same.difference.low, same.difference.value, same.difference.high) == (0.0, 0.0, 0.0)
    assert power(same, 0.005) == 1.0


def test_nothing_to_compare_gives_no_number_and_no_error():
    good, bad = pair()
    none = np.zeros(500, dtype=bool)
    empty = compare(METRICS["roc_auc"], good.take(none), bad.take(none), units(np.arange(0), Plan(100)), "x")
    assert empty.rows == empty.blocks == 0
    assert np.isnan(empty.difference.value)
    assert empty.difference.low is None


def test_resolvable_loss_passes_an_equal_model_in_eighty_of_a_hundred():
    good, bad = pair()
    found = compare(METRICS["roc_auc"], good, bad, units(np.arange(500), Plan(300)), "x")
    assert power(found, found.resolvable) == pytest.approx(0.8)
    assert power(found, found.resolvable / 3) < 0.3


def test_more_rows_resolve_smaller_losses():
    few, many = (
        compare(METRICS["brier"], *pair(n), units(np.arange(n), Plan(300)), "x").resolvable for n in (500, 5000)
    )
    assert many < 0.5 * few


def test_taking_rows_keeps_decisions_aligned():
    good, _ = pair()
    part = good.take(good.truth == 1)
    assert isinstance(part, Scored)
    assert (part.decided == (part.chosen >= 0.5)).all()
