"""Leaks: values, absence, differences; and what is strong but honest."""

import datetime as dt
import random

import polars as pl
import pytest
from profile_tables import ROWS, column, noise, profiled

from modelyard.scaffold.profile.scores import bins, score, truth

rng = random.Random(11)
N = 2000


def outcome(n: int = N) -> list[str]:
    return [rng.choice(["yes", "no"]) for _ in range(n)]


def test_a_copy_of_the_target_is_excluded() -> None:
    y = outcome()
    found = profiled({"x": noise(N), "copy": [{"yes": "J", "no": "N"}[v] for v in y], "y": y}, target="y")
    assert column(found, "copy").role == "ignored"
    assert "AUC 1.000" in column(found, "copy").reason
    assert any("'copy'" in warning for warning in found.warnings)


def test_a_column_that_is_filled_only_for_one_class_is_excluded() -> None:
    y = outcome()
    closed = [dt.date(2024, 1, 1) + dt.timedelta(rng.randrange(200)) if v == "yes" else None for v in y]
    found = profiled({"x": noise(N), "closed_on": closed, "y": y}, target="y")
    assert column(found, "closed_on").role == "ignored"
    assert "missing" in column(found, "closed_on").reason


def test_a_difference_of_times_is_excluded_at_its_later_end() -> None:
    y = outcome()
    opened = [dt.datetime(2024, 1, 1) + dt.timedelta(hours=rng.randrange(8000)) for _ in y]
    resolved = [
        at + dt.timedelta(minutes=rng.randrange(100, 200) if v == "yes" else rng.randrange(100))
        for at, v in zip(opened, y, strict=True)
    ]
    found = profiled({"x": noise(N), "resolved": resolved, "opened": opened, "y": y}, target="y")
    assert column(found, "resolved").role == "ignored"
    assert "'opened'" in column(found, "resolved").reason


def test_a_lone_strong_column_is_suspected_and_may_be_put_back() -> None:
    y = outcome()
    strong = [rng.gauss(2.2 if v == "yes" else 0, 1) for v in y]
    found = profiled({"x": noise(N), "strong": strong, "y": y}, target="y")
    assert column(found, "strong").role == "ignored"
    assert "known_at" in column(found, "strong").reason


def test_columns_as_strong_as_each_other_stay_with_a_note() -> None:
    y = outcome()
    strong = {f"s{i}": [rng.gauss(2.2 if v == "yes" else 0, 1) for v in y] for i in range(3)}
    found = profiled({**strong, "y": y}, target="y")
    assert found.named("ignored") == []
    assert all("strong" in column(found, name).note for name in strong)


def test_an_honest_column_that_isolates_one_class_of_many_stays() -> None:
    y = [rng.choice("abc") for _ in range(N)]
    apart = [rng.gauss(10 if v == "a" else 0, 1) for v in y]
    found = profiled({"apart": apart, "x": noise(N), "y": y}, target="y")
    assert column(found, "apart").role == "feature"


def test_categories_seen_once_do_not_look_like_a_leak() -> None:
    y = outcome()
    tails = [f"N{rng.randrange(900)}" for _ in y]
    found = profiled({"tail": tails, "x": noise(N), "y": y}, target="y")
    assert column(found, "tail").role == "feature"
    assert column(found, "tail").note == ""


def test_a_rescaled_number_is_a_leak_of_a_number() -> None:
    y = [rng.lognormvariate(0, 1) for _ in range(N)]
    found = profiled({"x": noise(N), "in_cents": [100 * v for v in y], "y": y}, target="y")
    assert column(found, "in_cents").role == "ignored"


def test_a_part_of_a_difference_is_a_leak_of_a_number() -> None:
    cost = [rng.uniform(100, 200) for _ in range(N)]
    profit = [rng.uniform(-20, 20) for _ in range(N)]
    revenue = [c + p for c, p in zip(cost, profit, strict=True)]
    found = profiled({"cost": cost, "revenue": revenue, "x": noise(N), "profit": profit}, target="profit")
    assert len(found.named("ignored")) == 1


def test_the_carat_of_a_diamond_stays() -> None:
    carat = [rng.uniform(0.2, 3) for _ in range(N)]
    price = [4000 * c**1.7 * rng.lognormvariate(0, 0.25) for c in carat]
    length = [6.4 * c ** (1 / 3) * rng.lognormvariate(0, 0.01) for c in carat]
    width = [v * rng.lognormvariate(0, 0.01) for v in length]
    columns = {"carat": carat, "length": length, "width": width, "depth": noise(N), "price": price}
    found = profiled(columns, target="price")
    assert set(found.named("feature")) == {"carat", "length", "width", "depth"}


def test_when_only_leaks_are_left_they_stay_and_it_is_told() -> None:
    y = outcome()
    found = profiled({"copy": [v.upper() for v in y], "y": y}, target="y")
    assert column(found, "copy").role == "feature"
    assert any("nothing else is left" in warning for warning in found.warnings)


def test_leaks_of_rare_positives_are_found() -> None:
    y = ["yes" if rng.random() < 0.01 else "no" for _ in range(30_000)]
    y[:50] = ["yes"] * 50
    flag = [1.0 if v == "yes" else rng.random() * 0.9 for v in y]
    found = profiled({"flag": flag, "x": noise(30_000), "y": y}, target="y")
    assert column(found, "flag").role == "ignored"


@pytest.mark.parametrize("shape", [lambda v: v, lambda v: -v, abs])
def test_scores_presume_no_shape(shape) -> None:
    x = pl.Series(noise(4000))
    y = pl.Series([shape(v) > 0.5 for v in x])
    rows = pl.Series(range(len(x)))
    assert score(bins(x), truth(y, rows, [True]))[0] > 0.97


def test_noise_scores_a_half() -> None:
    x, y = pl.Series(noise(4000)), pl.Series(noise(4000))
    rows = pl.Series(range(4000))
    assert score(bins(x), truth(y, rows, None))[0] < 0.53
    assert score(bins(x), truth(y > 0, rows, [True]))[0] < 0.53


def test_every_seed_row_is_scored_alike_on_a_second_call() -> None:
    columns = {"x": noise(), "y": [rng.choice("ab") for _ in range(ROWS)]}
    assert profiled(columns, target="y") == profiled(columns, target="y")
