"""Integers beyond 64 bits with a sign, as Parquet's UInt64 holds them: hashes, mostly."""

import polars as pl
import pytest

from modelyard.data.contract import Column, Contract, check, read
from modelyard.data.load import Table
from modelyard.data.types import infer

HASHES = [2**63 + 5, 7, None]
WIDE = [pl.UInt64(), pl.Int128(), pl.UInt128()]


def table(values, dtype):
    frame = pl.DataFrame({"^h$": pl.Series(values, dtype=dtype)})
    return Table(frame.lazy(), text=False, source="t.parquet", format="parquet")


def of(kind):
    return Contract(name="t", columns=(Column(name="^h$", type=kind),))


@pytest.mark.parametrize("dtype", WIDE)
def test_hashes_are_text_and_keep_every_digit(dtype):
    hashes = table(HASHES, dtype)
    found = infer(hashes)["^h$"]
    assert (found.type, found.note) == ("string", "integers beyond 64 bits, read as text")
    assert check(of("string"), hashes).violations == []
    assert read(of("string"), hashes).collect()["^h$"].to_list() == [str(2**63 + 5), "7", None]


@pytest.mark.parametrize("dtype", WIDE)
def test_what_fits_stays_a_number(dtype):
    assert infer(table([0, 2**63 - 1, None], dtype))["^h$"].type == "integer"


def test_what_does_not_fit_a_contract_of_integers_is_counted_and_not_taken_for_missing():
    (violation,) = check(of("integer"), table(HASHES, pl.UInt64())).violations
    assert (violation.rule, violation.count) == ("type", 1)


def test_ordinary_integers_are_no_text():
    (violation,) = check(of("string"), table([1, 2], pl.Int64())).violations
    assert violation.rule == "type_change"
