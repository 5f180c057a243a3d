"""The task, the positive class, the metric and its dummy, and the refusals."""

import datetime as dt
import math

import pytest
from profile_tables import ROWS, noise, pick, profiled, table

from modelyard.errors import RequestError


def share(positive: object, negative: object, rate: float) -> list[object]:
    return [positive if i % 1000 < 1000 * rate else negative for i in range(1000)]


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (pick(True, False), "binary"),
        (pick("a", "b"), "binary"),
        (pick(0, 1), "binary"),
        (pick(0.0, 1.0, None), "binary"),
        (pick("a", "b", "c"), "multiclass"),
        (pick(3, 4, 5, 6, 7), "multiclass"),
        (pick(1.0, 2.0, 3.0), "multiclass"),
        (noise(), "regression"),
        (list(range(ROWS)), "regression"),
        (pick(0.5, 1.5, 2.5), "regression"),
        (pick(10, 500, 20_000), "regression"),
    ],
)
def test_the_task_follows_the_values(values: list[object], task: str) -> None:
    assert profiled({"x": noise(), "y": values}, target="y").task == task


def test_counts_of_something_are_no_classes() -> None:
    visits = [0] * 300 + [1] * 150 + [2] * 80 + [3] * 40 + [4] * 20 + [5] * 10
    assert profiled({"x": noise(), "y": visits}, target="y").task == "regression"
    assert profiled({"x": noise(), "n_count": pick(0, 1, 2)}, target="n_count").task == "regression"


@pytest.mark.parametrize(
    ("pair", "positive"),
    [
        (("yes", "no"), "yes"),
        (("Ja", "Nein"), "Ja"),
        (("churned", "stayed"), "churned"),
        (("good", "bad"), "bad"),
        (("not late", "late"), "late"),
        (("benign", "malignant"), "malignant"),
        ((0, 1), 1),
        ((-1, 1), 1),
        ((True, False), True),
        (("on time", "delayed"), "delayed"),
    ],
)
def test_the_positive_class_is_the_one_that_happened(pair: tuple[object, object], positive: object) -> None:
    found = profiled({"x": noise(), "y": pick(*pair)}, target="y")
    assert found.positive == positive
    assert found.classes[1] == str(positive)
    assert found.positive_reason


def test_without_a_telling_name_the_rarer_class_is_positive() -> None:
    found = profiled({"x": noise(1000), "y": share("red", "blue", 0.2)}, target="y")
    assert (found.positive, found.balance) == ("red", {"blue": 800, "red": 200})


@pytest.mark.parametrize(("given", "meant"), [("no", "no"), ("NO", "no")])
def test_the_user_names_the_positive_class(given: str, meant: str) -> None:
    assert profiled({"x": noise(), "y": pick("yes", "no")}, target="y", positive=given).positive == meant


def test_the_positive_class_may_be_written_as_a_number_or_truth_value() -> None:
    assert profiled({"x": noise(), "y": pick(0, 1)}, target="y", positive="0.0").positive == 0
    assert profiled({"x": noise(), "y": pick(True, False)}, target="y", positive="false").positive is False


def test_rare_positives_are_judged_by_average_precision() -> None:
    found = profiled({"x": noise(1000), "y": share("yes", "no", 0.05)}, target="y")
    assert (found.metric, found.dummy) == ("average_precision", 0.05)


def test_even_classes_are_judged_by_the_roc_curve() -> None:
    found = profiled({"x": noise(1000), "y": share("yes", "no", 0.4)}, target="y")
    assert (found.metric, found.dummy) == ("roc_auc", 0.5)


def test_even_classes_of_many_are_judged_by_log_loss_against_their_entropy() -> None:
    found = profiled({"x": noise(), "y": ["a", "b", "c"] * 200}, target="y")
    assert found.metric == "log_loss"
    assert found.dummy == pytest.approx(math.log(3))


def test_uneven_classes_are_judged_by_macro_f1_and_weighed() -> None:
    found = profiled({"x": noise(1000), "y": ["a"] * 800 + ["b"] * 150 + ["c"] * 50}, target="y")
    assert (found.metric, found.class_weight) == ("macro_f1", "balanced")
    assert found.dummy == pytest.approx(2 * 0.8 / 1.8 / 3)


def test_numbers_are_judged_by_rmse_and_heavy_tails_by_mae() -> None:
    plain = profiled({"x": noise(1000), "y": [float(i) for i in range(1000)]}, target="y")
    assert plain.metric == "rmse"
    assert plain.dummy == pytest.approx(math.sqrt((1000**2 - 1) / 12))
    heavy = profiled({"x": noise(1000), "y": [math.exp(2 * v) for v in noise(1000)]}, target="y")
    assert heavy.metric == "mae"


def test_rows_without_a_target_are_counted_and_told() -> None:
    values = pick("yes", "no")
    values[:30] = [None] * 30
    found = profiled({"x": noise(), "y": values}, target="y")
    assert found.unlabelled == 30
    assert sum(found.balance.values()) == ROWS - 30
    assert any("30 rows (5 %) have no 'y'" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("values", "overrides", "code"),
    [
        ([None] * ROWS, {}, "target_missing"),
        (["a"] * ROWS, {}, "target_constant"),
        ([1.0] * 19 + [None] * (ROWS - 19), {}, "target_constant"),
        ([float(i) for i in range(19)] + [None] * (ROWS - 19), {}, "too_few_rows"),
        ([f"row {i}" for i in range(ROWS)], {}, "one_row_per_class"),
        (["a"] * (ROWS - 1) + ["b"], {}, "one_row_per_class"),
        ([f"class {i % 200}" for i in range(ROWS)], {}, "too_many_classes"),
        ([dt.date(2024, 1, 1) + dt.timedelta(i) for i in range(ROWS)], {}, "target_dates"),
        ([math.inf, *noise(ROWS - 1)], {}, "target_infinite"),
        (pick("a", "b"), {"task": "regression"}, "task_does_not_fit"),
        (pick("a", "b", "c"), {"task": "binary"}, "task_does_not_fit"),
        (pick("a", "b"), {"task": "multiclass"}, "task_does_not_fit"),
        (pick("a", "b"), {"positive": "c"}, "no_such_class"),
        (noise(), {"positive": "c"}, "positive_does_not_fit"),
        (noise(), {"task": "multiclass"}, "one_row_per_class"),
    ],
)
def test_what_cannot_be_learned_is_refused(values: list[object], overrides: dict[str, str], code: str) -> None:
    with pytest.raises(RequestError) as caught:
        profiled({"x": noise(), "y": values}, target="y", **overrides)
    assert caught.value.code == code
    assert caught.value.hint


def test_without_a_target_the_candidates_are_listed() -> None:
    with pytest.raises(RequestError, match="'y', 'x'") as caught:
        profiled({"id": list(range(ROWS)), "x": pick(1, 2, 3, 4), "y": pick("a", "b")})
    assert caught.value.code == "no_target"


def test_an_unknown_target_is_told_with_the_nearest_and_all_candidates() -> None:
    with pytest.raises(RequestError, match=r"Did you mean 'churned'\? Candidates: 'churned', 'plan'"):
        profiled({"plan": pick("a", "b", "c"), "churned": pick("yes", "no")}, target="Churn")


def test_a_table_of_nothing_but_the_target_is_refused() -> None:
    with pytest.raises(RequestError) as caught:
        profiled({"y": pick("a", "b"), "same": ["x"] * ROWS}, target="y")
    assert caught.value.code == "no_features"
    assert "constant" in caught.value.message


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(RequestError) as caught:
        profiled({"x": [], "y": []}, target="y")
    assert caught.value.code == "no_rows"


def test_few_rows_choose_a_linear_model_and_the_user_another() -> None:
    columns = {"x": noise(60), "y": pick("a", "b", rows=60)}
    assert profiled(columns, target="y").estimator == "linear"
    assert profiled(columns, target="y", estimator="forest").estimator == "forest"
    assert table(columns).source == "table.parquet"
