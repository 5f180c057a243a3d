"""What a look at many real tables has taught the profile."""

import random

import pytest
from profile_tables import ROWS, column, noise, profiled

from modelyard.data.contract import Rule, check
from modelyard.data.load import Table
from modelyard.scaffold.profile import Overrides, profile, to_contract

rng = random.Random(3)


def panel(who: str, when: str, each: int = 6) -> dict[str, list]:
    count = 40 * each
    return {
        who: [f"e{i % 40}" for i in range(count)],
        when: [2000 + i // 40 for i in range(count)],
        "x": noise(count),
        "y": noise(count),
    }


def test_who_is_followed_over_years_is_a_group_whatever_it_is_called():
    found = profiled(panel("nr", "year"), target="y")
    assert column(found, "nr").role == "group"
    assert "'year'" in column(found, "nr").reason


@pytest.mark.parametrize(("who", "when", "each"), [("nr", "level", 6), ("nr", "year", 2)])
def test_an_ordinary_category_beside_a_number_is_no_panel(who, when, each):
    assert column(profiled(panel(who, when, each), target="y"), who).role != "group"


def test_of_two_entities_the_one_that_acts_is_the_group():
    films, people = [i % 300 for i in range(3000)], [i // 30 for i in range(3000)]
    found = profiled({"film_id": films, "user_id": people, "x": noise(3000), "y": noise(3000)}, target="y")
    assert column(found, "user_id").role == "group"


def test_given_names_are_personal_although_they_repeat():
    names = [
        rng.choice(["Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea"])
        for _ in range(ROWS)
    ]
    found = profiled({"first_name": names, "x": noise(), "y": noise()}, target="y")
    assert column(found, "first_name").personal


@pytest.mark.parametrize(
    ("name", "values", "task"),
    [
        ("outcome", [1, 2, 5, 9], "multiclass"),
        ("code", [110, 140, 190, 460], "multiclass"),
        ("level", [10, 20, 30], "regression"),
        ("price", [99, 149, 199, 499], "regression"),
    ],
)
def test_uneven_whole_numbers_are_classes_unless_they_measure(name, values, task):
    found = profiled({"x": noise(), name: [values[i % len(values)] for i in range(ROWS)]}, target=name)
    assert found.task == task


def test_seconds_since_1970_are_pointed_out():
    seconds = [1_400_000_000 + 1000 * i for i in range(ROWS)]
    rng.shuffle(seconds)
    found = profiled({"timestamp": seconds, "x": noise(), "y": noise()}, target="y")
    assert any("seconds since 1970" in warning for warning in found.warnings)


def test_strays_that_were_accepted_are_accepted_again_and_told():
    import polars as pl

    values = ["unknown" if i % 250 == 0 else str(rng.random()) for i in range(1000)]
    frame = pl.LazyFrame({"x": values, "y": [str(v) for v in noise(1000)]})
    table = Table(frame, text=True, source="t.csv", format="csv")
    found = profile(table, Overrides(target="y"))
    contract = to_contract(found, "t")
    assert any("4 of 1000 values are not numbers" in warning for warning in found.warnings)
    assert Rule(kind="unreadable_share", value=0.01) in contract.column("x").rules
    assert contract.column("y").rules == tuple(r for r in contract.column("y").rules if r.kind != "unreadable_share")
    assert check(contract, table).passed
