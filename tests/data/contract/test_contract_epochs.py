"""A contract with timestamps that are numbers since 1970: written, read, refused, and held against tables."""

import datetime as dt
import importlib.resources
import json
import re
from pathlib import Path

import jsonschema
import polars as pl
import pytest
import yaml

from modelyard.data.contract import (
    Column,
    Contract,
    Rule,
    as_numbers,
    check,
    dump,
    parse,
    read,
    with_moments,
)
from modelyard.data.load import Table
from modelyard.data.types import EPOCHS
from modelyard.errors import RequestError

MS = 1_700_000_000_000
WHEN = dt.datetime(2023, 11, 14, 22, 13, 20)


def of(*rules, form="epoch_ms", kind="timestamp", **more):
    return Contract(name="t", columns=(Column(name="t", type=kind, format=form, rules=rules, **more),))


def typed(values, dtype=pl.Int64):
    frame = pl.DataFrame({"t": pl.Series(values, dtype=dtype)})
    return Table(frame.lazy(), text=False, source="t.parquet", format="parquet")


def text(*values):
    frame = pl.DataFrame({"t": pl.Series(values, dtype=pl.String)})
    return Table(frame.lazy(), text=True, source="t.csv", format="csv")


def written(column):
    body = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "t", "version": "1.0.0", "status": "active"}
    return yaml.safe_dump({**body, "schema": [{"name": "t", "properties": [column]}]})


def counts(contract, table, **more):
    return {(v.rule, v.severity): v.count for v in check(contract, table, **more).violations}


@pytest.mark.parametrize("form", ["epoch_s", "epoch_ms", "epoch_us", "epoch_ns"])
def test_the_format_stands_in_the_file_as_any_other_and_is_valid_odcs(form):
    contract = of(Rule(kind="minimum", value="2020-01-01"), form=form)
    document = yaml.safe_load(dump(contract))
    options = document["schema"][0]["properties"][0]["logicalTypeOptions"]
    assert options == {"format": form, "minimum": "2020-01-01"}
    schema = json.loads(importlib.resources.files("open_data_contract_standard").joinpath("schema.json").read_text())
    jsonschema.Draft201909Validator(schema).validate(document)
    assert parse(dump(contract)) == contract


@pytest.mark.parametrize("kind", ["integer", "number", "string", "date"])
def test_another_type_with_such_a_format_is_refused_with_what_to_write(kind):
    with pytest.raises(RequestError, match=rf"epoch_ms is a format of timestamps.*type {kind}"):
        parse(written({"name": "t", "logicalType": kind, "logicalTypeOptions": {"format": "epoch_ms"}}))


def test_a_unit_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(RequestError, match=r"epoch_s, epoch_ms, epoch_us, epoch_ns.*'epoch_millis'"):
        parse(written({"name": "t", "logicalType": "timestamp", "logicalTypeOptions": {"format": "epoch_millis"}}))


def test_bounds_may_be_written_in_the_column_s_own_numbers():
    options = {"format": "epoch_ms", "minimum": MS}
    found = parse(written({"name": "t", "logicalType": "timestamp", "logicalTypeOptions": options}))
    assert found == of(Rule(kind="minimum", value=WHEN.isoformat()))
    assert counts(found, typed([MS - 1, MS, MS + 1])) == {("minimum", "error"): 1}
    for value in (5, True, "soon"):
        with pytest.raises(RequestError, match="is not an ISO date"):
            parse(
                written({"name": "t", "logicalType": "timestamp", "logicalTypeOptions": options | {"minimum": value}})
            )


@pytest.mark.parametrize(
    "table",
    [
        text(str(MS), f"{MS}.0", "", "abc", str(MS // 1000), "0"),
        typed([MS, MS, None, -1, MS // 1000, 0]),
        typed([float(MS), MS, None, 1.5, MS // 1000, float("inf")], pl.Float64),
        typed([float(MS), MS, float("nan"), MS + 0.5, 7, -MS], pl.Float64),
        typed([str(MS), str(MS), None, "abc", "5", "-1"], pl.String),
    ],
    ids=["csv", "integers", "floats", "nan", "strings"],
)
def test_what_counts_no_time_in_the_unit_is_counted_and_null(table):
    contract = of(required=True)
    assert counts(contract, table) == {("type", "error"): 3, ("required", "error"): 1}
    rows = read(contract, table).collect()
    assert rows.schema == {"t": pl.Datetime("us")}
    assert rows["t"].to_list() == [WHEN, WHEN, None, None, None, None]


def test_a_whole_number_sample_is_shown_as_the_table_has_it():
    (violation,) = check(of(), typed([MS, 7])).violations
    assert violation.message == "1 of 2 values are not of type timestamp (epoch_ms)"
    assert violation.sample == [{"t": 7}]
    (violation,) = check(of(personal=True), typed([MS, 7])).violations
    assert "7" not in str(violation.sample)


@pytest.mark.parametrize(
    ("dtype", "values"), [(pl.Datetime("ms"), [WHEN]), (pl.Datetime("us", "Europe/Berlin"), [WHEN]), (pl.Null, [None])]
)
def test_a_table_that_holds_true_moments_already_passes(dtype, values):
    assert check(of(), typed(values, dtype)).violations == []


@pytest.mark.parametrize(
    ("contract", "values"),
    [(of(), [None, True]), (of(), [None, dt.timedelta(days=19_000)]), (of(form=None), [None, MS])],
)
def test_columns_that_count_nothing_are_of_another_type(contract, values):
    found = check(contract, typed(values, None)).violations
    assert ("type_change", "t") in {(v.rule, v.column) for v in found}


def test_freshness_and_keys_go_by_the_moment():
    now = WHEN + dt.timedelta(hours=3)
    stale = of(Rule(kind="freshness_hours", value=2), unique=True)
    assert counts(stale, typed([MS, MS, MS - 1]), now=now) == {("freshness_hours", "error"): 1, ("unique", "error"): 1}
    assert counts(stale, typed([MS + 3_600_000]), now=now) == {}


def test_rows_kept_as_numbers_can_be_read_both_ways():
    contract = of(Rule(kind="minimum", value="2020-01-01"))
    rows = read(as_numbers(contract), text(str(MS), "NA")).collect()
    assert rows["t"].to_list() == [MS, None]
    again = Table(rows.lazy(), text=False, source="t.parquet", format="parquet")
    assert read(contract, again).collect()["t"].to_list() == [WHEN, None]
    assert read(of(kind="integer", form=None), again).collect()["t"].to_list() == [MS, None]


def test_with_moments_changes_only_numbers_that_count_time():
    table = typed([MS])
    both = Table(table.frame.with_columns(x=7), text=False, source="t", format="parquet")
    assert with_moments(of(), both).collect().rows() == [(WHEN, 7)]
    assert with_moments(of(form=None), both).collect().rows() == [(MS, 7)]


def test_the_page_names_every_unit_and_its_example_is_a_contract():
    page = (Path(__file__).parents[3] / "docs" / "contract.md").read_text(encoding="utf-8")
    for unit in EPOCHS:
        example = re.search(rf"^\| `{unit.format}` \| `(\d+)` \|", page, re.MULTILINE)
        assert unit.moment(int(example[1])) == dt.datetime(2026, 1, 31, 12)
    assert str(EPOCHS[0].first) in page
    assert str(EPOCHS[0].last) in page
    (column,) = yaml.safe_load(re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1])
    assert parse(written(column)).column("seen").format == "epoch_ms"
