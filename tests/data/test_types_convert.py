"""Reading and converting values of each logical type."""

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from modelyard.data.types import LOGICAL_TYPES, convert, logical_type, missing, parse, polars_type


def read(values: list, kind: str, **how: str) -> list:
    return pl.DataFrame({"c": values}, schema={"c": pl.String}).select(parse("c", kind, **how)).to_series().to_list()


def converted(series: pl.Series, kind: str) -> list:
    frame = pl.DataFrame({"c": series})
    found = frame.select(convert("c", frame.schema["c"], kind))
    assert found.schema["c"] == polars_type(kind)
    return found.to_series().to_list()


def test_what_does_not_parse_is_null() -> None:
    assert read(["1", " 2 ", "3.0", "3.5", "x", "NA", None], "integer") == [1, 2, 3, None, None, None, None]
    assert read(["1.5", "nan", "inf", "x"], "number") == [1.5, None, float("inf"), None]
    assert read(["true", "FALSE", "1", "maybe"], "boolean") == [True, False, True, None]
    assert read([" a ", "NA", "", "b"], "string") == ["a", None, None, "b"]
    assert read(["2020-01-02", "2020-02-30", "02/01/2020"], "date") == [dt.date(2020, 1, 2), None, None]


def test_timestamps_without_a_format_are_iso_in_any_form_and_in_utc() -> None:
    values = ["2020-01-02", "2020-01-02T03:04", "2020-01-02 03:04:05.5", "2020-01-02T03:04:05+02:00", "soon"]
    noon = dt.datetime(2020, 1, 2)
    assert read(values, "timestamp") == [
        noon,
        noon.replace(hour=3, minute=4),
        noon.replace(hour=3, minute=4, second=5, microsecond=500_000),
        noon.replace(hour=1, minute=4, second=5),
        None,
    ]


def test_numbers_follow_the_format_and_the_mark() -> None:
    assert read(["1,5", "1.5"], "number", decimal=",") == [1.5, None]
    assert read(["1,234.5", "12,34", "7"], "number", format="#,##0.0") == [1234.5, None, 7.0]
    assert read(["1.234,5", "7,25"], "number", format="#.##0,0") == [1234.5, 7.25]
    assert read(["€ 3,50", "2,00 €"], "number", format="¤0,0") == [3.5, 2.0]
    assert read(["5", "6"], "number", format="f64") == [5.0, 6.0]


def test_missing_says_which_texts_mean_nothing() -> None:
    frame = pl.DataFrame({"*": ["a", " NA ", "", None, "nan"]})
    assert frame.select(missing("*")).to_series(0).to_list() == [False, True, True, True, True]


@pytest.mark.parametrize(
    ("series", "kind", "expected"),
    [
        (pl.Series([1, 2], dtype=pl.UInt8), "number", [1.0, 2.0]),
        (pl.Series([1.0, 1.5, float("nan"), float("inf")]), "integer", [1, None, None, None]),
        (pl.Series([0, 1, 2]), "boolean", [False, True, None]),
        (pl.Series([True, False]), "integer", [1, 0]),
        (pl.Series([True, False]), "string", ["true", "false"]),
        (pl.Series([1, 2]), "string", ["1", "2"]),
        (pl.Series([Decimal("1.50")]), "number", [1.5]),
        (pl.Series(["a"], dtype=pl.Categorical), "string", ["a"]),
        (pl.Series(["5"], dtype=pl.Categorical), "integer", [5]),
        (pl.Series([[1, 2], None]), "string", ["[1,2]", None]),
        (pl.Series([{"a": 1}]), "string", ['{"a":1}']),
        (pl.Series([b"\xff"]), "string", ["/w=="]),
        (pl.Series([dt.time(1, 2)]), "string", ["01:02:00"]),
        (pl.Series([dt.timedelta(seconds=90)]), "number", [90.0]),
        (pl.Series([dt.date(2020, 1, 2)]), "timestamp", [dt.datetime(2020, 1, 2)]),
        (pl.Series([dt.datetime(2020, 1, 2, 3)]), "date", [dt.date(2020, 1, 2)]),
        (pl.Series([5]), "date", [None]),
        (pl.Series([dt.date(2020, 1, 2)]), "number", [None]),
        (pl.Series([None, None]), "timestamp", [None, None]),
        (pl.Series(["NA", " x "]), "string", ["NA", " x "]),
        (pl.Series(["NA", "3"]), "integer", [None, 3]),
    ],
)
def test_what_a_file_holds_becomes_the_logical_type(series: pl.Series, kind: str, expected: list) -> None:
    assert converted(series, kind) == expected


def test_zoned_times_become_utc() -> None:
    berlin = pl.Series([dt.datetime(2020, 7, 1, 12)]).dt.replace_time_zone("Europe/Berlin")
    assert converted(berlin, "timestamp") == [dt.datetime(2020, 7, 1, 10)]


@pytest.mark.parametrize("kind", LOGICAL_TYPES)
def test_each_type_is_its_own_nearest(kind: str) -> None:
    assert logical_type(polars_type(kind)) == kind
