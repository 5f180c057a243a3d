"""What columns of text are taken for."""

import polars as pl
import pytest

from modelyard.data.load import Table
from modelyard.data.types import Inferred, infer, parse


def text_table(decimal: str = ".", **columns: list[str | None]) -> Table:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Table(frame.lazy(), text=True, source="t.csv", format="csv", decimal=decimal)


def inferred(values: list[str | None], decimal: str = ".") -> Inferred:
    return infer(text_table(decimal, c=values))["c"]


@pytest.mark.parametrize(
    ("values", "kind", "pattern"),
    [
        (["1", "-2", "30"], "integer", None),
        (["1.5", "2", "1e3", "-inf"], "number", None),
        (["1.0", "2.0"], "number", None),
        (["true", "False", "TRUE"], "boolean", None),
        (["yes", "no"], "string", None),
        (["0", "1"], "integer", None),
        (["a", "b"], "string", None),
        (["02139", "90210"], "string", None),
        (["-1", "0", "10"], "integer", None),
        (["12345678901234567890", "12345678901234567891"], "string", None),
        (["+4915112345678", "+4915112345679"], "string", None),
        (["$1,200.50", "$300.00"], "number", "¤#,##0.0"),
        (["12 %", "7.5 %"], "number", "0%"),
        (["1,234", "12,345", "999"], "number", "#,##0.0"),
        (["555 123 456", "555 987 654"], "string", None),
        (["1 234,5", "12 345,7", "1,5"], "number", "# ##0,0"),
        (["2020-01-31", "2020-12-01"], "date", "%Y-%m-%d"),
        (["31/01/2020", "01/12/2020"], "date", "%d/%m/%Y"),
        (["01/31/2020", "12/01/2020"], "date", "%m/%d/%Y"),
        (["31.1.2020", "1.12.2020"], "date", "%d.%m.%Y"),
        (["3-Jan-2020", "12-Dec-2021"], "date", "%d-%B-%Y"),
        (["January 3, 2020", "December 12, 2021"], "date", "%B %d, %Y"),
        (["2020-01-31 10:20", "2020-12-01 23:59"], "timestamp", "%Y-%m-%d %H:%M"),
        (["2020-01-31T10:20:30.5Z", "2020-12-01T23:59:00+02:00"], "timestamp", "%Y-%m-%dT%H:%M:%S%.f%#z"),
        (["1/2/2020 3:04 PM", "13/2/2020 11:00 AM"], "timestamp", "%d/%m/%Y %I:%M %p"),
        (
            ["20141013T000000", "20150225T000000"] + [f"201501{d}T000000" for d in range(10, 20)],
            "timestamp",
            None,
        ),
        (["1.2.3", "10.20.30"], "string", None),
        (["192.168.1.1", "10.0.0.1"], "string", None),
        (["12:30", "13:45"], "string", None),
        (["2020-02-30", "2020-01-01"], "string", None),
        ([None, "", "NA"], "string", None),
    ],
)
def test_a_column_is_what_all_its_values_are(values: list, kind: str, pattern: str | None) -> None:
    found = inferred(values)
    assert found.type == kind
    if pattern is not None:
        assert found.format == pattern


@pytest.mark.parametrize("value", ["", "NA", "null", "None", "NaN", "#N/A", " ", "?"])
def test_missing_values_do_not_decide(value: str) -> None:
    assert inferred(["1", value, "2"]).type == "integer"


def test_a_column_empty_at_the_top_is_searched_to_the_end() -> None:
    assert inferred([None] * 5000 + ["2020-01-02"]).type == "date"


def test_the_last_row_counts_as_much_as_the_first() -> None:
    assert inferred([str(i) for i in range(5000)] + ["1.5"]).type == "number"
    assert inferred([str(i) for i in range(50)] + ["x"]).type == "string"
    assert inferred([str(i) for i in range(5000)] + ["007"]).type == "string"


def test_a_few_strays_among_many_numbers_are_missing_and_said_so() -> None:
    found = inferred([str(i / 7) for i in range(5000)] + ["broken"] * 12)
    assert found.type == "number"
    assert "12 of 5012" in found.note


def test_a_code_list_with_a_letter_stays_text() -> None:
    assert inferred(["1", "2", "3"] * 1000 + ["X"]).type == "string"


def test_one_stray_in_twenty_makes_text_and_says_how_many() -> None:
    found = inferred([str(i / 7) for i in range(950)] + ["n.n."] * 50)
    assert found.type == "string"
    assert "50 of 1000" in found.note


def test_ambiguous_dates_are_settled_by_the_order_of_rows() -> None:
    day_first = ["01/02/2020", "05/02/2020", "03/03/2020"]
    assert inferred(day_first).format == "%d/%m/%Y"
    assert inferred(["02/01/2020", "02/05/2020", "03/03/2020"]).format == "%m/%d/%Y"


def test_ambiguous_dates_without_order_say_so() -> None:
    found = inferred(["05/02/2020", "01/02/2020", "03/03/2020"])
    assert found.type == "date"
    assert "cannot be told apart" in found.note


def test_decimal_comma() -> None:
    assert inferred(["1,5", "2,75", "3"], ",").type == "number"
    assert inferred(["1.234,5", "12.345,0", "7,1"], ",").format == "#.##0,0"
    assert inferred(["1,5", "2,75", "3"]) == Inferred(type="number", format="0,0")


def test_a_point_column_in_a_comma_table_is_still_a_number() -> None:
    found = inferred(["52.1", "48.75"], ",")
    assert (found.type, found.format) == ("number", "0.0")


@pytest.mark.parametrize("name", ["", "*", "^a$", "class", "größe in €", 'say "x"', "a.b", "n"])
def test_any_name_is_just_a_name(name: str) -> None:
    table = text_table(**{name: ["1", "2"], "other": ["x", "y"]})
    assert infer(table)[name].type == "integer"
    frame = table.frame.select(parse(name, "integer")).collect()
    assert frame.columns == [name]
    assert frame.to_dict(as_series=False)[name] == [1, 2]


def test_typed_columns_keep_their_type_and_only_dates_are_looked_for() -> None:
    frame = pl.LazyFrame({"n": ["1", "2"], "d": ["2020-01-01", "2020-01-02"], "i": [1, 2], "l": [[1], [2]]})
    found = infer(Table(frame, text=False, source="t", format="parquet"))
    assert [found[c].type for c in ("n", "d", "i", "l")] == ["string", "date", "integer", "string"]
    assert "JSON" in found["l"].note


def test_every_inferred_type_reads_every_value() -> None:
    columns = {
        "a": ["$1,200.50", "($3)", "$300.00"],
        "b": ["5 %", "7 %", None],
        "c": ["3/4/2020 1:02", "30/4/2020 0:00", ""],
        "d": ["2020-01-01T00:00:00 UTC", "2020-01-01T10:00:00 UTC", "NA"],
        "e": ["1e5", ".5", "5."],
    }
    table = text_table(**columns)
    for name, found in infer(table).items():
        read = table.frame.select(parse(name, found.type, format=found.format)).collect()
        present = sum(v not in {None, "", "NA"} for v in columns[name])
        assert read.to_series().count() == present, (name, found)
