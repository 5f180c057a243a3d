import datetime as dt
import math

import polars as pl
import pytest

from modelyard.data.contract import Column, Contract, read, schema
from modelyard.data.load import Table
from modelyard.errors import RequestError

CONTRACT = Contract(
    name="t",
    columns=(
        Column(name="when", type="timestamp"),
        Column(name="", type="integer"),
        Column(name="share", type="number"),
        Column(name="*", type="string"),
        Column(name="ok", type="boolean"),
        Column(name="day", type="date", format="%d/%m/%Y"),
    ),
)


def table(columns, *, text):
    return Table(pl.DataFrame(columns).lazy(), text=text, source="rows.csv", format="csv" if text else "parquet")


def test_text_is_read_with_the_contracts_types_in_its_order():
    rows = {
        "extra": ["q", "r"],
        "day": ["31/01/2020", "x"],
        "ok": ["yes", "maybe"],
        "*": ["a", "NA"],
        "share": ["0.5", "nan"],
        "": ["3", "3.5"],
        "when": ["2020-01-31 10:00", ""],
    }
    frame = read(CONTRACT, table(rows, text=True)).collect()
    assert frame.schema == schema(CONTRACT)
    assert frame.rows() == [
        (dt.datetime(2020, 1, 31, 10), 3, 0.5, "a", True, dt.date(2020, 1, 31)),
        (None,) * 6,
    ]


def test_typed_rows_get_the_same_schema_and_nan_is_missing():
    rows = {
        "when": [dt.date(2020, 1, 1), None],
        "": [1.0, math.nan],
        "share": pl.Series([0.5, math.nan], dtype=pl.Float32),
        "*": pl.Series(["NA", None], dtype=pl.Categorical),
        "ok": [1, 0],
        "day": [dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 1, 3)],
    }
    frame = read(CONTRACT, table(rows, text=False)).collect()
    assert frame.schema == schema(CONTRACT)
    assert frame.rows() == [
        (dt.datetime(2020, 1, 1), 1, 0.5, "NA", True, dt.date(2020, 1, 1)),
        (None, None, None, None, False, None),
    ]


def test_one_row_of_nothing_has_the_same_schema():
    frame = read(CONTRACT, table({c.name: [None] for c in CONTRACT.columns}, text=False)).collect()
    assert frame.schema == schema(CONTRACT)
    assert frame.row(0) == (None,) * 6


def test_an_absent_column_is_refused_unless_it_is_optional():
    rows = table({c.name: ["1"] for c in CONTRACT.columns if c.name != "ok"}, text=True)
    with pytest.raises(RequestError, match="lacks 'ok'") as caught:
        read(CONTRACT, rows)
    assert caught.value.code == "missing_column"
    frame = read(CONTRACT, rows, optional={"ok"}).collect()
    assert frame.schema == schema(CONTRACT)
    assert frame["ok"].to_list() == [None]
