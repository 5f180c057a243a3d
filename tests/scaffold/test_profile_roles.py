"""Identifier, time, group, what is left out, the split, and columns of any name."""

import datetime as dt

import pytest
from profile_tables import ROWS, column, noise, pick, profiled, texts

from modelyard.errors import RequestError
from modelyard.scaffold.profile import Overrides, profile

DAYS = [dt.date(2024, 1, 1) + dt.timedelta(days=i // 10) for i in range(ROWS)]
SENTENCES = [f"the parcel number {i} came late and was wet" for i in range(ROWS)]
ODD = [
    "",
    " ",
    "*",
    "^x.*$",
    "class",
    "Größe (cm)",
    'a"b',
    "a'b",
    "col\nline",
    "日本",
    "c0",
    "row",
    "fold",
    "key",
    "y0",
]


def with_target(columns: dict[str, list]) -> dict[str, list]:
    return columns | {"x": noise(), "target": pick("yes", "no")}


def test_a_key_becomes_the_identifier_and_drives_the_hash() -> None:
    found = profiled(with_target({"customer_id": [f"C{i:05}" for i in range(ROWS)]}), target="target")
    assert column(found, "customer_id").role == "id"
    assert (found.split_by, found.split_column) == ("hash", "customer_id")


def test_a_measure_that_never_repeats_is_no_identifier() -> None:
    found = profiled(with_target({"humid": [7 * i + i % 3 for i in range(ROWS)]}), target="target")
    assert column(found, "humid").role == "feature"


def test_a_row_number_is_left_out() -> None:
    found = profiled(with_target({"": list(range(ROWS)), "Unnamed: 0": list(range(1, ROWS + 1))}), target="target")
    assert found.named("ignored") == ["", "Unnamed: 0"]


def test_a_time_column_orders_the_split() -> None:
    found = profiled(with_target({"day": DAYS, "customer_id": [i // 3 for i in range(ROWS)]}), target="target")
    assert (found.split_by, found.split_column) == ("time", "day")
    assert column(found, "customer_id").role == "group"


def test_of_several_times_the_one_in_order_is_chosen_and_a_birth_never() -> None:
    births = [dt.date(1950, 1, 1) + dt.timedelta(days=(i * 7919) % 20_000) for i in range(ROWS)]
    shuffled = [DAYS[(i * 7) % ROWS] for i in range(ROWS)]
    found = profiled(with_target({"birth_date": births, "shipped": shuffled, "event": DAYS}), target="target")
    assert column(found, "event").role == "time"
    assert column(found, "shipped").role == "feature"
    assert column(found, "birth_date").personal


def test_too_few_days_split_otherwise_and_say_so() -> None:
    days = [dt.date(2024, 1, 1 + i // 200) for i in range(ROWS)]
    found = profiled(with_target({"day": days}), target="target")
    assert found.split_by == "hash"
    assert "3 different days" in found.split_reason


def test_a_repeated_entity_groups_the_split() -> None:
    found = profiled(with_target({"patient_id": [i % 100 for i in range(ROWS)]}), target="target")
    assert (found.split_by, found.split_column) == ("group", "patient_id")
    assert "6 rows each" in column(found, "patient_id").reason


@pytest.mark.parametrize(("groups", "by"), [(1, "hash"), (2, "hash"), (3, "group")])
def test_a_group_that_cannot_be_divided_in_three_splits_otherwise_and_says_so(groups: int, by: str) -> None:
    columns = {"clinic": [i % groups for i in range(ROWS)], "x": noise(), "target": noise()}
    found = profiled(columns, target="target", group="clinic")
    assert found.split_by == by
    told = any("'clinic' has" in warning and "too few to split by" in warning for warning in found.warnings)
    assert told is (by == "hash")


@pytest.mark.parametrize("name", ["region", "humid", "zip_code"])
def test_an_ordinary_category_is_no_group(name: str) -> None:
    found = profiled(with_target({name: [i % 40 for i in range(ROWS)]}), target="target")
    assert column(found, name).role == "feature"


def test_what_the_user_names_wins() -> None:
    columns = with_target({"id": list(range(ROWS)), "branch": [f"b{i % 30}" for i in range(ROWS)], "day": DAYS})
    found = profiled(columns, target="target", group="branch", id="id")
    assert column(found, "branch").reason == "given by --group"
    assert profiled(columns, target="target", time="day").split_column == "day"


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"id": "nothing"}, "no_column"),
        ({"keep_personal": ("nothing",)}, "no_column"),
        ({"time": "x"}, "time_does_not_fit"),
        ({"group": "target"}, "two_parts"),
        ({"id": "mail"}, "personal_column"),
    ],
)
def test_overrides_that_do_not_fit_are_refused(overrides: dict, code: str) -> None:
    mails = [f"someone{i}@example.org" for i in range(ROWS)]
    with pytest.raises(RequestError) as caught:
        profiled(with_target({"mail": mails}), target="target", **overrides)
    assert caught.value.code == code
    assert "someone" not in caught.value.message


def test_useless_columns_are_left_out_with_a_reason() -> None:
    codes = [f"x{(i * 7919) % 599}z" for i in range(ROWS)]
    columns = with_target({"same": [3] * ROWS, "empty": [None] * ROWS, "codes": codes})
    found = profiled(columns, target="target")
    reasons = {each.name: each.reason for each in found.columns if each.role == "ignored"}
    assert reasons.keys() == {"same", "empty", "codes"}
    assert reasons["same"].startswith("constant")
    assert "missing" in reasons["empty"]
    assert reasons["codes"].startswith("near-unique")


def test_a_value_that_is_sometimes_missing_is_no_constant() -> None:
    found = profiled(with_target({"flag": pick("x", None)}), target="target")
    assert column(found, "flag").role == "feature"


def test_prose_is_recognised_and_kept() -> None:
    found = profiled(with_target({"note": SENTENCES}), target="target")
    assert column(found, "note").text
    assert column(found, "note").role == "feature"


def test_columns_may_have_any_name() -> None:
    found = profiled(with_target({name: noise() for name in ODD}), target="target")
    assert [each.name for each in found.columns[: len(ODD)]] == ODD
    assert set(found.named("feature")) == {*ODD, "x"}


def test_text_files_are_typed_first() -> None:
    columns = {
        "age": [str(20 + i % 50) for i in range(ROWS)],
        "when": [day.isoformat() for day in DAYS],
        "pay": ["NA" if i % 9 == 0 else f"{i}.5" for i in range(ROWS)],
        "left": ["yes" if i % 3 else "no" for i in range(ROWS)],
    }
    found = profile(texts(columns), Overrides(target="left"))
    assert [each.type for each in found.columns] == ["integer", "date", "number", "string"]
    assert column(found, "pay").missing == len([i for i in range(ROWS) if i % 9 == 0])
    assert column(found, "when").minimum == "2024-01-01"


def test_infinite_and_missing_numbers_are_survived() -> None:
    values = [float("inf"), float("nan"), None, 1e308, *noise(ROWS - 4)]
    found = profiled(with_target({"wild": values}), target="target")
    assert column(found, "wild").missing == 2
    assert any("infinite" in warning for warning in found.warnings)


def test_a_tiny_table_is_profiled() -> None:
    found = profiled({"x": noise(20), "y": [*pick("a", "b", rows=18), "a", "b"]}, target="y")
    assert found.rows == 20


def test_repeated_rows_are_told() -> None:
    found = profiled({"x": pick(1, 2), "y": pick("a", "b")}, target="y")
    assert any("repeat another" in warning for warning in found.warnings)
