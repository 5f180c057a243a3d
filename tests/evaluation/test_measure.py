import numpy as np
import polars as pl
import pytest
from judging import binary, configured, multiclass, regression, rival

from modelyard.config.model import Fairness, Split
from modelyard.errors import RequestError
from modelyard.evaluation.judged import needs_cross_validation
from modelyard.evaluation.measure import evaluate
from modelyard.evaluation.metrics import names_for
from modelyard.evaluation.propose import floors
from modelyard.evaluation.results import Evaluation
from modelyard.evaluation.slices import MOST_SLICES

TASKS = {"binary": binary, "multiclass": multiclass, "regression": regression}


@pytest.mark.parametrize("task", list(TASKS))
def test_every_task_is_measured_whole_and_survives_json(task):
    candidate = TASKS[task]()
    found = evaluate(TASKS[task](champion=rival(candidate, 0.1)), configured(task))
    assert set(found.metrics) == set(found.dummy) == set(names_for(task))
    assert all(e.low <= e.value <= e.high for e in found.metrics.values())
    assert found.versus_dummy.difference.low > 0
    assert found.champion == "3"
    assert found.importance[0].column == "a b"
    assert found.importance[0].drop > 10 * abs(found.importance[-1].drop)
    assert Evaluation.model_validate_json(found.model_dump_json()) == found


def test_the_same_input_gives_the_same_evaluation():
    assert evaluate(binary(), configured()) == evaluate(binary(), configured())


def test_personal_columns_are_in_no_slice_and_no_value_is_told():
    config = configured(slices=["email", "count"], fairness=Fairness(columns=["email"]))
    found = evaluate(binary(), config)
    assert {s.column for s in found.slices} == {"count"}
    assert not any(i.column == "email" for i in found.importance)
    assert any("'email'" in said for said in found.warnings)
    assert "secret" not in found.model_dump_json()


def test_slices_are_categories_missing_values_and_quarters():
    found = {(s.column, s.value) for s in evaluate(binary(), configured()).slices}
    assert {v for c, v in found if c == "count"} == {"x", "y|", "(empty)", "missing"}
    assert len([v for c, v in found if c == "a b"]) == 4


def test_a_wide_table_is_sliced_by_what_matters_and_says_what_it_left_out():
    rows = 400
    random = np.random.default_rng(0)
    table = pl.DataFrame({f"c{k}": random.normal(size=rows) for k in range(299)} | {"a b": random.normal(size=rows)})
    found = evaluate(binary(rows, frame=table, features=table.columns), configured())
    assert len(found.slices) == MOST_SLICES
    assert len(found.importance) == 100
    assert any("columns are not sliced" in said for said in found.warnings)


def test_importance_of_a_wide_table_keeps_the_column_that_matters():
    candidate = binary(600)
    noise = np.random.default_rng(1).normal(size=(600, 150))
    table = candidate.frame.hstack(pl.DataFrame(noise, schema=[f"n{k}" for k in range(150)]))
    found = evaluate(binary(600, frame=table, features=[*table.columns[4:], "a b"]), configured())
    assert found.importance[0].column == "a b"


def test_a_champion_is_compared_only_on_rows_it_never_saw():
    candidate = binary()
    mask = np.arange(800) >= 300
    found = evaluate(binary(champion=rival(candidate, 0.2, mask)), configured()).versus_champion
    assert found.rows == found.blocks == 500


def test_scores_of_a_reference_may_cover_only_the_rows_it_never_saw():
    candidate = binary()
    mask = np.arange(800) >= 300
    full = rival(candidate, 0.2, mask)
    short = type(full)(full.label, full.version, mask, full.scores[mask], full.threshold)
    both = [evaluate(binary(champion=one), configured()).versus_champion for one in (full, short)]
    assert both[0] == both[1]


def test_a_champion_that_saw_everything_is_said_and_not_compared():
    candidate = binary()
    found = evaluate(binary(champion=rival(candidate, mask=np.zeros(800, dtype=bool))), configured())
    assert found.versus_champion.rows == 0
    assert any("has seen every held-out row" in said for said in found.warnings)


def test_repeated_cross_validation_counts_each_row_once():
    one = binary(150)
    twice = {"truth": np.tile(one.truth, 2), "scores": np.tile(one.scores, (2, 1)), "repeats": 2}
    champion = rival(one, 0.1, np.arange(150) >= 30)
    found = evaluate(type(one)(**{**vars(one), **twice, "champion": champion}), configured())
    alone = evaluate(one, configured())
    assert (found.held_out.method, found.held_out.rows, found.held_out.blocks) == ("repeated_cv", 150, 150)
    assert found.held_out.positives == alone.held_out.positives
    assert found.versus_champion.blocks == 120
    assert np.sum(found.confusion.counts) == 150
    width, same = (e.metrics["log_loss"].high - e.metrics["log_loss"].low for e in (found, alone))
    assert width == pytest.approx(same, rel=0.05)
    assert any("out of fold" in said for said in found.warnings)


@pytest.mark.parametrize(
    ("task", "truth", "needed"),
    [
        ("binary", np.repeat([0, 1], [181, 19]), True),
        ("binary", np.repeat([0, 1], [19, 181]), True),
        ("binary", np.repeat([0, 1], [180, 20]), False),
        ("binary", np.zeros(500), True),
        ("regression", np.zeros(199), True),
        ("multiclass", np.repeat([0, 1, 2], [190, 9, 1]), False),
    ],
)
def test_few_rows_or_few_of_a_class_need_cross_validation(task, truth, needed):
    assert needs_cross_validation(truth, task) is needed


def test_the_span_of_a_time_split_is_told():
    table = binary().frame.with_columns(when=pl.date(2026, 1, 1) + pl.duration(days=pl.int_range(800) % 30))
    config = configured(data={"time": "when"}, split=Split(by="time"))
    held = evaluate(binary(frame=table), config).held_out
    assert (held.begins, held.ends, held.unit, held.blocks) == ("2026-01-01", "2026-01-30", "day", 30)


def test_curves_are_thin_and_keep_their_ends():
    found = evaluate(binary(5000), configured())
    roc = found.roc[0]
    assert len(roc.x) <= 200
    assert (roc.x[0], roc.y[0], roc.x[-1], roc.y[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert np.trapezoid(roc.y, roc.x) == pytest.approx(found.metrics["roc_auc"].value, abs=0.003)


def test_honest_probabilities_have_a_small_calibration_error_and_others_a_large_one():
    honest = binary(5000)
    pushed = honest.scores**3 / (honest.scores**3).sum(axis=1, keepdims=True)
    wrong = type(honest)(**{**vars(honest), "scores": pushed, "score": None})
    errors = [evaluate(one, configured()).calibration_error for one in (honest, wrong)]
    assert errors[0] < 0.03
    assert errors[1] > 0.08


def test_fairness_shows_rates_by_group_and_the_gap():
    table = binary(2000).frame
    sex = np.where(table["a b"].to_numpy() > 0, "f", "m")
    found = evaluate(
        binary(2000, frame=table.with_columns(sex=pl.Series(sex))),
        configured(fairness=Fairness(columns=["sex"])),
    ).fairness
    rates = {one.rate: one for one in found}
    assert set(rates) == {"selection rate", "true positive rate"}
    assert rates["selection rate"].gap.low > 0.9
    assert set(rates["selection rate"].groups) == {"f", "m"}


def test_a_fairness_column_without_groups_to_compare_is_told():
    inputs = binary()
    alone = inputs.frame.with_columns(alone=pl.int_range(pl.len()))
    found = evaluate(binary(frame=alone), configured(fairness=Fairness(columns=["alone"])))
    assert not found.fairness
    assert [w for w in found.warnings if w.startswith("Fairness")] == [
        "Fairness by 'alone' is not judged: no two of its values have 30 rows."
    ]


def test_an_unknown_fairness_column_is_refused():
    with pytest.raises(RequestError, match="'cuont'") as raised:
        evaluate(binary(), configured(fairness=Fairness(columns=["cuont"])))
    assert "'count'" in raised.value.hint


def test_an_unknown_slice_column_is_refused():
    with pytest.raises(RequestError, match=r"evaluation\.slices names 'conut'"):
        evaluate(binary(), configured(slices=["conut"]))


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([True, False, None, True] * 200),
        pl.Series(["a", "b"] * 400, dtype=pl.Enum(["a", "b"])),
        pl.Series(["a", "b"] * 400, dtype=pl.Categorical),
        pl.Series([float("inf"), float("-inf"), float("nan"), 1.5] * 200),
        pl.Series([float("nan")] * 800),
        pl.Series([None] * 800, dtype=pl.String),
        pl.Series([None] * 800, dtype=pl.Float64),
        pl.Series(range(800)) * 10**15,
        pl.Series(["x" * 10_000, "'; DROP"] * 400),
        pl.date_range(pl.date(2000, 1, 1), pl.date(2000, 1, 1) + pl.duration(days=799), eager=True),
        pl.Series([7] * 800),
    ],
)
@pytest.mark.parametrize("name", ["rows", "value", "", "class", "é|`"])
def test_any_column_can_be_sliced_and_permuted(name, values):
    table = binary().frame.with_columns(values.alias(name))
    found = evaluate(binary(frame=table, features=[name, "a b"]), configured(resamples=100))
    assert {i.column for i in found.importance} == {name, "a b"}
    assert sum(s.rows for s in found.slices if s.column == name) <= 800


def test_a_class_without_held_out_rows_is_named():
    some = multiclass()
    found = evaluate(
        type(some)(**{**vars(some), "truth": np.minimum(some.truth, 1), "score": None}),
        configured("multiclass"),
    )
    assert any("'c'" in said for said in found.warnings)


def test_a_flattering_shuffle_is_a_warning():
    some = binary()
    perfect = np.column_stack([1.0 - some.truth, some.truth])
    found = evaluate(binary(shuffled=(some.truth, perfect)), configured())
    assert found.shuffled.value == 1.0
    assert any("Shuffled" in said for said in found.warnings)


def test_proposed_floors_lie_between_the_dummy_and_the_lower_bound():
    for task, make in TASKS.items():
        found = evaluate(make(2000), configured(task))
        for name, floor in floors(found).items():
            sign = 1 if found.metrics[name].value > found.dummy[name] else -1
            bound = found.metrics[name].low if sign > 0 else found.metrics[name].high
            assert sign * found.dummy[name] < sign * floor <= sign * bound
        assert found.metric in floors(found)


def test_no_floor_is_proposed_for_a_model_that_knows_nothing():
    some = binary()
    blind = type(some)(**{**vars(some), "scores": np.full((800, 2), 0.5), "score": None})
    assert floors(evaluate(blind, configured())) == {}


@pytest.mark.parametrize("rows", [1, 2, 7])
@pytest.mark.parametrize("task", list(TASKS))
def test_a_handful_of_rows_is_measured_without_error(task, rows):
    assert evaluate(TASKS[task](rows), configured(task)).held_out.rows == rows
