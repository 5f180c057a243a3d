"""ISO moments and whole numbers: fast where all is plain, and the same where it is not."""

import datetime as dt

import polars as pl

from modelyard.data.types import parse

NOON = dt.datetime(2024, 3, 1, 12)


def read(kind, *texts, **how):
    return pl.DataFrame({"v": texts}, schema={"v": pl.String}).select(parse("v", kind, **how))["v"].to_list()


def test_every_usual_form_of_a_moment_is_read_in_one_column():
    texts = ("2024-03-01T12:00", "2024-03-01 12:00:00.000", "2024-3-1 13:00:00+01:00", "2024-03-01t12:00Z")
    assert read("timestamp", *texts) == [NOON] * 4


def test_a_date_alone_is_its_midnight_and_what_is_no_moment_is_null():
    assert read("timestamp", "2024-03-01", "noon", None, "2024-13-01") == [dt.datetime(2024, 3, 1), None, None, None]


def test_nothing_gives_nothing():
    assert read("timestamp") == []
    assert read("integer") == []
    assert read("timestamp", None, None) == [None, None]


def test_whole_numbers_are_read_beside_what_only_looks_like_one():
    texts = ("7", " 8 ", "9.0", "1e3", "9.5", "x", None, "9007199254740993")
    assert read("integer", *texts) == [7, 8, 9, 1000, None, None, None, 9007199254740993]


def test_whole_numbers_follow_the_format_and_the_mark():
    assert read("integer", "1.234", "7", format="#.##0") == [1234, 7]
    assert read("integer", "7,0", "7,5", decimal=",") == [7, None]


def test_a_large_lazy_column_streams():
    frame = pl.LazyFrame({"v": ["2024-03-01T12:00:00"] * 300_000})
    assert frame.select(parse("v", "timestamp").min()).collect(engine="streaming").item() == NOON
