import json

import numpy as np
import polars as pl
import pytest

from modelyard.data.contract import Column, Contract
from modelyard.reference import Profile, build

NO_COLUMNS = Contract(name="t", columns=())


def profile(frame: pl.DataFrame, contract: Contract = NO_COLUMNS, **more: object) -> Profile:
    return build(frame, contract, frame.columns, predictions=more.pop("predictions", None), **more)


def days(count: int, per_day: int) -> pl.Series:
    return pl.Series("when", np.repeat(np.arange(count), per_day), dtype=pl.Int32).cast(pl.Date)


def test_a_number_is_described_by_edges_and_shares() -> None:
    column = profile(pl.DataFrame({"x": [float(i) for i in range(1000)] + [None] * 250})).columns[0]
    assert column.kind == "number"
    assert (column.missing, column.distinct, column.mean) == (0.2, 1000, 499.5)
    assert (column.edges[0], column.edges[-1], len(column.edges)) == (0.0, 999.0, 199)
    assert column.at_most[-1] == 1.0
    assert column.below[0] == 0.0
    assert all(a >= b for a, b in zip(column.at_most, column.below, strict=True))


def test_values_that_many_rows_share_keep_their_mass() -> None:
    values = pl.Series("x", [0.0] * 700 + [float(i) for i in range(1, 301)])
    column = profile(values.to_frame()).columns[0]
    assert column.edges[0] == 0.0
    assert (column.below[0], column.at_most[0]) == (0.0, 0.7)
    assert column.distance_to(values) == pytest.approx(0, abs=1e-6)
    assert column.distance_to(pl.Series([0.0] * 10)) == pytest.approx(0.3, abs=0.01)
    assert column.distance_to(pl.Series([-1.0] * 10)) == pytest.approx(1.0)


def test_a_constant_that_moves_is_as_far_as_can_be() -> None:
    column = profile(pl.DataFrame({"x": [5.0] * 10})).columns[0]
    assert column.distance_to(pl.Series([5.0])) == 0
    assert column.distance_to(pl.Series([4.0])) == 1
    assert column.distance_to(pl.Series([6.0])) == 1


def test_the_distance_is_the_kolmogorov_smirnov_statistic() -> None:
    from scipy.stats import ks_2samp

    rng = np.random.default_rng(0)
    first, second = rng.normal(size=4000), rng.normal(0.4, 1.3, size=3000)
    column = profile(pl.DataFrame({"x": first})).columns[0]
    assert column.distance_to(pl.Series(second)) == pytest.approx(ks_2samp(first, second).statistic, abs=0.008)


def test_a_category_is_described_by_shares_and_the_rest_is_summed_up() -> None:
    names = [f"c{i % 300}" for i in range(30_000)] + ["often"] * 30_000
    column = profile(pl.DataFrame({"c": names})).columns[0]
    assert column.kind == "category"
    assert len(column.shares) == 101
    assert next(iter(column.shares.items())) == ("often", 0.5)
    assert sum(column.shares.values()) == pytest.approx(1, abs=1e-4)
    assert column.distance_to(pl.Series(["never seen"])) == pytest.approx(1 - column.shares["(other)"], abs=1e-4)


def test_free_text_is_described_by_its_length_and_quoted_nowhere() -> None:
    texts = [f"row {i} " + "word " * (i % 40 + 20) for i in range(500)]
    found = profile(pl.DataFrame({"t": texts}))
    assert found.columns[0].kind == "text"
    assert found.columns[0].distinct == 500
    assert "word" not in found.model_dump_json()


def test_personal_columns_are_named_and_nothing_more() -> None:
    contract = Contract(name="t", columns=(Column(name="email", type="string", personal=True),))
    found = profile(pl.DataFrame({"email": ["ada@example.org"], "x": [1.0]}), contract)
    assert [column.name for column in found.columns] == ["x"]
    assert found.personal == ["email"]
    assert "ada@" not in found.model_dump_json()


def test_steady_columns_have_near_windows_and_drifting_ones_far() -> None:
    rng = np.random.default_rng(1)
    when = days(28, 200)
    frame = pl.DataFrame(
        {"steady": rng.normal(size=5600), "drifting": rng.normal(size=5600) + np.arange(5600) / 1000}
    ).with_columns(when)
    found = build(frame, NO_COLUMNS, ["steady", "drifting"], predictions=None, time="when")
    assert (found.time, found.begins, found.ends) == ("when", "1970-01-01", "1970-01-28")
    for column, low, high in ((found.columns[0], 0.0, 0.15), (found.columns[1], 0.5, 1.0)):
        assert [(w.days, w.windows) for w in column.windows] == [(1, 28), (7, 4)]
        assert low <= column.windows[1].typical <= column.windows[1].distance <= high


def test_a_window_is_compared_with_the_others_and_not_with_itself() -> None:
    frame = pl.DataFrame({"c": ["a"] * 40 + ["b"] * 80}).with_columns(days(3, 40))
    column = build(frame, NO_COLUMNS, ["c"], predictions=None, time="when").columns[0]
    assert column.windows[0].distance == 1.0  # the first day holds every "a"
    assert len(column.windows) == 1  # one week is no spread


def test_a_window_of_few_rows_says_nothing() -> None:
    frame = pl.DataFrame({"x": [0.0] * 400 + [9.0]}).with_columns(pl.concat([days(4, 100), days(5, 1)[-1:]]))
    column = build(frame, NO_COLUMNS, ["x"], predictions=None, time="when").columns[0]
    assert column.windows[0].windows == 4
    assert column.windows[0].distance < 0.01


def test_a_missing_share_that_moves_is_seen() -> None:
    values = [1.0] * 300 + [None] * 100
    frame = pl.DataFrame({"x": values}).with_columns(days(4, 100))
    column = build(frame, NO_COLUMNS, ["x"], predictions=None, time="when").columns[0]
    assert column.windows[0].missing == 1.0
    assert column.windows[0].distance == 0.0


def test_times_without_dates_or_of_one_day_give_no_windows() -> None:
    for when in (pl.Series("when", [None] * 90, dtype=pl.Date), days(1, 90), pl.Series("when", ["x"] * 90)):
        frame = pl.DataFrame({"x": np.arange(90.0)}).with_columns(when)
        assert build(frame, NO_COLUMNS, ["x"], predictions=None, time="when").columns[0].windows == ()


@pytest.mark.parametrize(
    ("scores", "classes", "names"),
    [
        (np.array([[0.9, 0.1], [0.2, 0.8]]), ["no", "yes"], {"prediction": "number"}),
        (np.eye(3), ["a", "b", "c"], {"prediction": "category", "confidence": "number"}),
        (np.array([1.5, 2.5]), [], {"prediction": "number"}),
    ],
)
def test_predictions_are_described_for_every_task(scores: np.ndarray, classes: list, names: dict) -> None:
    found = profile(pl.DataFrame({"x": [1.0]}), predictions=scores.astype(np.float32), classes=classes)
    assert {column.name: column.kind for column in found.predictions} == names


def test_binary_predictions_are_those_of_the_positive_class() -> None:
    found = profile(pl.DataFrame({"x": [1.0]}), predictions=np.array([[0.9, 0.1], [0.2, 0.8]]), classes=["n", "y"])
    assert found.predictions[0].mean == pytest.approx(0.45)


@pytest.mark.parametrize(
    "values",
    [
        pl.Series("x", [], dtype=pl.Float64),
        pl.Series("x", [], dtype=pl.String),
        pl.Series("x", [None, None], dtype=pl.String),
        pl.Series("x", [None], dtype=pl.Date),
        pl.Series("x", [None], dtype=pl.Null),
        pl.Series("x", [float("nan"), float("inf"), float("-inf")]),
        pl.Series("x", [True]),
        pl.Series("x", [2**63 - 1, -(2**63)]),
        pl.Series("x", ["(other)", "", "x" * 5000, "\x00", "列"]),
        pl.Series("", [1.0]),
        pl.Series("value", ["rows", "value"]),
    ],
)
def test_any_column_survives_the_round_trip_and_lies_at_no_distance_from_itself(values: pl.Series) -> None:
    found = profile(values.to_frame())
    again = Profile.model_validate_json(found.model_dump_json())
    assert again == found
    distance = again.columns[0].distance_to(values)
    assert distance is None or distance == pytest.approx(0, abs=1e-5)


def test_a_wide_table_stays_small() -> None:
    rng = np.random.default_rng(2)
    frame = pl.DataFrame({f"c{i}": rng.normal(size=500) for i in range(300)})
    found = profile(frame).model_dump_json()
    assert len(found) < 1_000_000
    assert len(json.loads(found)["columns"]) == 300


def test_a_name_that_polars_takes_for_a_pattern_is_a_name() -> None:
    frame = pl.DataFrame({"^n$": [1.0, 2.0, None] * 40, "^c.*$": ["a", "b", None] * 40, "*": [1, 2, 3] * 40})
    found = profile(frame.with_columns(days(3, 40).alias("^t$")), time="^t$")
    assert [column.name for column in found.columns] == ["^n$", "^c.*$", "*", "^t$"]
    assert max(column.distance_to(frame[column.name]) for column in found.columns[:3]) < 1e-5
