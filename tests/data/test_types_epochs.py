"""Numbers that count time since 1970 are read alike from text, from numbers and one by one."""

import datetime as dt
import decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.data.types import EPOCHS, convert, epoch, parse, unit_of

WHEN = dt.datetime(2023, 11, 14, 22, 13, 20)
FORMATS = [each.format for each in EPOCHS]


def number(form):
    return 1_700_000_000 * epoch(form).per_second


def parsed(values, form, decimal="."):
    frame = pl.DataFrame({"t": values}, schema={"t": pl.String})
    return frame.select(parse("t", "timestamp", format=form, decimal=decimal))["t"].to_list()


def converted(values, found, form):
    frame = pl.DataFrame({"^t$": pl.Series(values, dtype=found)})
    return frame.select(convert("^t$", found, "timestamp", format=form)).to_series().to_list()


@pytest.mark.parametrize("form", FORMATS)
def test_text_is_read_by_the_unit_and_nothing_else_is(form):
    n = number(form)
    good = [f"{n}", f" {n} ", f"{n}.0"]
    assert parsed(good, form) == [WHEN] * 3
    bad = ["", "NA", "x", "2023-11-14", "0", "-1", f"-{n}", f"{n // 1000}", f"{n}000", "1" * 30, None]
    assert parsed(bad, form) == [None] * len(bad)
    assert parsed([f"{n},0"], form, decimal=",") == [WHEN]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("found", [pl.Int64(), pl.UInt64(), pl.Int128(), pl.Float64(), pl.Decimal(38, 0)])
def test_numbers_of_any_type_are_read_by_the_unit(form, found):
    n = number(form)
    values = [n, 0, n // 1000, None]
    values = [None if v is None else decimal.Decimal(v) for v in values] if found.is_decimal() else values
    assert converted(values, found, form) == [WHEN, None, None, None]


def test_text_with_a_fraction_is_no_moment():
    assert parsed(["1700000000.5", "1700000000.0"], "epoch_s") == [None, WHEN]


def test_a_fraction_nan_and_infinity_are_no_moments():
    n = float(number("epoch_s"))
    assert converted([n + 0.5, float("nan"), float("inf"), n], pl.Float64(), "epoch_s") == [None, None, None, WHEN]


@pytest.mark.parametrize("form", [None, "%Y"])
def test_without_a_unit_a_number_is_no_timestamp(form):
    assert converted([number("epoch_ms")], pl.Int64(), form) == [None]


def test_true_moments_and_spans_of_time_are_not_counted():
    assert converted([WHEN], pl.Datetime("us"), "epoch_ms") == [WHEN]
    assert converted([True], pl.Boolean(), "epoch_s") == [None]


@given(st.integers(-(2**63), 2**63 - 1) | st.integers(10**8, 10**11))
def test_a_number_is_a_moment_in_one_unit_at_most_and_the_same_one_by_one(value):
    read = {each.format: converted([value], pl.Int64(), each.format)[0] for each in EPOCHS}
    assert read == {each.format: each.moment(value) for each in EPOCHS}
    units = [each for each in EPOCHS if read[each.format] is not None]
    assert units == [unit] if (unit := unit_of(value)) else not units


@given(st.datetimes(dt.datetime(1974, 1, 1), dt.datetime(2262, 1, 1)), st.sampled_from(EPOCHS))
def test_a_moment_is_written_as_the_number_that_is_read_again(moment, unit):
    cut = dt.timedelta(microseconds=max(1, 10**6 // unit.per_second))
    assert unit.moment(unit.number(moment)) == moment - (moment - dt.datetime(1970, 1, 1)) % cut


def test_other_formats_name_no_unit():
    assert [epoch(form) for form in (None, "", "%s", "epoch", "epoch_m", "EPOCH_MS")] == [None] * 6
