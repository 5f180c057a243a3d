import datetime as dt
import math

import polars as pl
import pytest

from modelyard.data.contract import Column, Contract, Rule, check
from modelyard.data.load import Table
from modelyard.errors import RequestError


def typed(columns, **kwargs):
    frame = columns if isinstance(columns, pl.DataFrame) else pl.DataFrame(columns)
    return Table(frame.lazy(), text=False, source="rows", format="parquet", **kwargs)


def text(columns, **kwargs):
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String) for name, values in columns.items()})
    return Table(frame.lazy(), text=True, source="rows.csv", format="csv", **kwargs)


def of(*columns, rules=()):
    return Contract(name="t", columns=columns, rules=rules)


def column(kind, *rules, name="x", **kwargs):
    return Column(name=name, type=kind, rules=rules, **kwargs)


def counts(contract, table, **kwargs):
    found = check(contract, table, **kwargs).violations
    return {(violation.rule, violation.column): violation.count for violation in found}


RULES = [
    ("integer", Rule(kind="minimum", value=2), [1, 2, 3, None, -5], 2),
    ("integer", Rule(kind="maximum", value=2), [1, 2, 3, None], 1),
    ("integer", Rule(kind="minimum", value=1.5), [1, 2], 1),
    ("integer", Rule(kind="maximum", value=10**30), [1, 2], 0),
    ("integer", Rule(kind="allowed", value=(1, 2)), [1, 2, 7, None], 1),
    ("number", Rule(kind="minimum", value=0), [0.0, -0.1, -math.inf, math.nan, None], 2),
    ("number", Rule(kind="maximum", value=1), [0.5, 1.0, 2.0, math.inf, math.nan, None], 2),
    ("number", Rule(kind="maximum", value=1), [2, 1, None], 1),
    ("number", Rule(kind="allowed", value=(0.5, 1)), [0.5, 1.0, 2.0, math.nan, None], 1),
    ("string", Rule(kind="allowed", value=("a", "")), ["a", "", "b", None], 1),
    ("string", Rule(kind="pattern", value="^a.c$"), ["abc", "xabc", "", None], 2),
    ("string", Rule(kind="min_length", value=2), ["äö", "ä", "", None], 2),
    ("string", Rule(kind="max_length", value=2), ["äö", "äöü", None], 1),
    ("boolean", Rule(kind="allowed", value=(True,)), [True, False, None], 1),
    ("date", Rule(kind="minimum", value="2020-01-02"), [dt.date(2020, 1, 1), dt.date(2020, 1, 2), None], 1),
    ("date", Rule(kind="maximum", value="2020-01-01T10:00"), [dt.date(2020, 1, 1), dt.date(2020, 1, 2)], 1),
    (
        "timestamp",
        Rule(kind="maximum", value="2020-01-01"),
        [dt.datetime(2020, 1, 1, 23, 59), dt.datetime(2020, 1, 2)],
        1,
    ),
    (
        "timestamp",
        Rule(kind="minimum", value="2020-01-01T00:00:00+01:00"),
        [dt.datetime(2019, 12, 31, 23), dt.datetime(2019, 12, 31, 22)],
        1,
    ),
]


@pytest.mark.parametrize("severity", ["error", "warning"])
@pytest.mark.parametrize(("kind", "rule", "values", "broken"), RULES)
def test_each_rule_counts_the_values_that_break_it(kind, rule, values, broken, severity):
    rule = rule.model_copy(update={"severity": severity})
    result = check(of(column(kind, rule)), typed({"x": values}))
    assert sum(v.count for v in result.violations) == broken
    assert {v.severity for v in result.violations} <= {severity}
    assert result.passed == (severity == "warning" or not broken)
    assert all(len(v.sample) == broken for v in result.violations)


def test_all_broken_rules_are_reported_errors_first():
    contract = of(
        column("integer", Rule(kind="minimum", value=0, severity="warning"), name="a"),
        column("integer", Rule(kind="maximum", value=0), name="b", required=True),
    )
    result = check(contract, typed({"a": [-1, 1, -1], "b": [1, None, 2]}))
    assert [(v.rule, v.column, v.count) for v in result.violations] == [
        ("required", "b", 1),
        ("maximum", "b", 2),
        ("minimum", "a", 2),
    ]
    assert result.rows == 3
    assert not result.passed


def test_a_rules_own_name_is_what_is_reported():
    rule = Rule(kind="minimum", value=18, name="of age")
    assert counts(of(column("integer", rule)), typed({"x": [17]})) == {("of age", "x"): 1}


def test_messages_say_how_many_of_how_many():
    rule = Rule(kind="maximum", value=5)
    (violation,) = check(of(column("integer", rule)), typed({"x": list(range(2000))})).violations
    assert violation.message == "1,994 of 2,000 values are above the maximum 5"


def test_missing_unknown_and_changed_columns_are_told_apart():
    contract = of(column("integer", name="gone"), column("integer", name="now text"), column("string", name="ok"))
    result = check(contract, typed({"now text": ["1", "a"], "ok": ["a", "b"], "new": [1, 2]}))
    found = {(v.rule, v.column): (v.count, v.severity) for v in result.violations}
    assert found == {
        ("missing_column", "gone"): (1, "error"),
        ("type_change", "now text"): (2, "error"),
        ("type", "now text"): (1, "error"),
        ("unknown_column", "new"): (1, "warning"),
    }


def test_a_table_with_other_columns_only_lacks_all():
    result = check(of(column("integer")), typed({"y": [1, 2]}))
    assert {v.rule for v in result.violations} == {"missing_column", "unknown_column"}
    assert result.rows == 2


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("integer", pl.Series([1.0, 2.0, None, math.nan]), {}),
        ("integer", pl.Series([1.0, 2.5, math.inf]), {("type", "x"): 2}),
        ("integer", pl.Series([1, 2], dtype=pl.UInt8), {}),
        ("integer", pl.Series([1, 2**64 - 1], dtype=pl.UInt64), {("type", "x"): 1}),
        ("integer", pl.Series([True, False]), {("type_change", "x"): 2}),
        ("integer", pl.Series([None, None]), {}),
        ("number", pl.Series([1, 2]), {}),
        ("number", pl.Series([1.5], dtype=pl.Float32), {}),
        ("number", pl.Series(["1.5", "x"]), {("type_change", "x"): 2, ("type", "x"): 1}),
        ("boolean", pl.Series([0, 1, 2]), {("type", "x"): 1}),
        ("boolean", pl.Series(["yes"]), {("type_change", "x"): 1}),
        ("string", pl.Series([1, 2]), {("type_change", "x"): 2}),
        ("string", pl.Series(["a", "b"], dtype=pl.Categorical), {}),
        ("string", pl.Series([["a"], []]), {}),
        ("date", pl.Series(["2020-01-01", "soon", None]), {("type", "x"): 1}),
        ("date", pl.Series([dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 1, 5)]), {("type", "x"): 1}),
        ("date", pl.Series([20200101]), {("type_change", "x"): 1, ("type", "x"): 1}),
        ("timestamp", pl.Series([dt.date(2020, 1, 1)]), {}),
        ("timestamp", pl.Series([dt.datetime(2020, 1, 1)], dtype=pl.Datetime("ns")), {}),
        ("timestamp", pl.Series([dt.datetime(2020, 1, 1)], dtype=pl.Datetime("us", "Asia/Tokyo")), {}),
    ],
)
def test_types_as_found_in_typed_files(kind, values, expected):
    assert counts(of(column(kind)), typed(pl.DataFrame({"x": values}))) == expected


def test_text_is_typed_by_the_contract_and_strays_are_told_from_missing():
    contract = of(
        column("integer", name="i", required=True),
        column("number", Rule(kind="minimum", value=0), name="n"),
        column("date", name="d", format="%d.%m.%Y"),
        column("string", name="s", required=True),
        column("boolean", name="b"),
    )
    table = text({
        "i": ["1", "2,0", "x", "", " 7 "],
        "n": ["1,5", "-1", "1.5", "NA", None],
        "d": ["31.12.2020", "31.02.2020", "n/a", "2020-01-01", "1.1.2020"],
        "s": ["a", "NA", "", None, "nan"],
        "b": ["true", "0", "maybe", "NULL", "no"],
    }, decimal=",")  # fmt: skip
    assert counts(contract, table) == {
        ("required", "i"): 1,
        ("type", "i"): 1,
        ("type", "n"): 1,
        ("minimum", "n"): 1,
        ("type", "d"): 2,
        ("required", "s"): 4,
        ("type", "b"): 1,
    }


def test_strays_within_their_share_only_warn():
    rule = Rule(kind="unreadable_share", value=0.1)
    few = check(of(column("integer", rule)), text({"x": ["1"] * 9 + ["?!"]}))
    many = check(of(column("integer", rule)), text({"x": ["1"] * 8 + ["?!"] * 2}))
    assert (few.passed, many.passed) == (True, False)
    assert few.violations[0].severity == "warning"


def test_nan_is_missing():
    contract = of(column("number", Rule(kind="missing_share", value=0.5), required=True))
    assert counts(contract, typed({"x": [math.nan, None, 1.0]})) == {
        ("required", "x"): 2,
        ("missing_share", "x"): 2,
    }


def test_a_missing_share_at_its_limit_passes():
    contract = of(column("number", Rule(kind="missing_share", value=1 / 3)))
    assert counts(contract, typed({"x": [None, 1.0, 2.0]})) == {}


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 2, 3, 3, 3, None, None],
        ["a", "b", "b", "c", "c", "c", None, None],
        [1.5, 0.0, -0.0, 2.0, 2.0, 2.0, math.nan, None],
        [dt.date(2020, 1, day) for day in (1, 2, 2, 3, 3, 3)] + [None, None],
    ],
)
def test_repeats_are_counted_beyond_the_first_and_missing_values_never(values):
    kinds = {int: "integer", str: "string", float: "number", dt.date: "date"}
    contract = of(column(kinds[type(values[0])], unique=True))
    (violation,) = check(contract, typed({"x": values})).violations
    assert (violation.rule, violation.count, len(violation.sample)) == ("unique", 3, 5)


def test_a_composite_key_is_unique_as_a_whole_and_never_missing():
    contract = of(column("integer", name="a", primary_key=True), column("string", name="b", primary_key=True))
    good = typed({"a": [1, 1, 2], "b": ["x", "y", "x"]})
    bad = typed({"a": [1, 1, 2, None], "b": ["x", "x", None, None]})
    assert counts(contract, good) == {}
    assert counts(contract, bad) == {("required", "a"): 1, ("required", "b"): 2, ("primary_key", None): 1}


def test_columns_that_must_be_unique_together():
    contract = of(
        column("integer", name="a"),
        column("number", name="b"),
        rules=(Rule(kind="unique_together", value=("a", "b"), severity="warning"),),
    )
    table = typed({"a": [1, 1, 1, 2], "b": [0.5, 0.5, math.nan, math.nan]})
    (violation,) = check(contract, table).violations
    assert (violation.count, violation.severity) == (1, "warning")
    assert violation.sample == [{"a": 1, "b": 0.5}, {"a": 1, "b": 0.5}]


def test_repeats_far_apart_are_shown():
    values = [*range(60_000), 59_999]
    (violation,) = check(of(column("integer", unique=True)), typed({"x": values})).violations
    assert violation.sample == [{"x": 59_999}, {"x": 59_999}]


def test_rare_rows_far_down_are_shown():
    values = [0] * 120_000 + [7] + [0] * 10
    (violation,) = check(of(column("integer", Rule(kind="maximum", value=5))), typed({"x": values})).violations
    assert violation.sample == [{"x": 7}]


def test_row_counts():
    rules = (Rule(kind="row_count_min", value=5), Rule(kind="row_count_max", value=1, severity="warning"))
    assert counts(of(column("integer"), rules=rules), typed({"x": [1, 2]})) == {
        ("row_count_min", None): 3,
        ("row_count_max", None): 1,
    }


@pytest.mark.parametrize(
    ("values", "stale"),
    [
        ([dt.datetime(2020, 1, 1)], True),
        ([dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 2)], False),
        ([None], True),
    ],
)
def test_freshness_is_the_age_of_the_newest_value(values, stale):
    contract = of(column("timestamp", Rule(kind="freshness_hours", value=24)))
    table = typed(pl.DataFrame({"x": pl.Series(values, dtype=pl.Datetime("us"))}))
    now = dt.datetime(2020, 1, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert bool(counts(contract, table, now=now)) == stale


def test_sql_conditions_may_compare_columns_and_pass_when_unknown():
    condition = Rule(kind="sql", value='"ab fahrt" <= an OR "ab fahrt" IS NULL', name="lands after take-off")
    contract = of(column("integer", name="ab fahrt"), column("integer", name="an"), rules=(condition,))
    result = check(contract, typed({"ab fahrt": [1, 5, None, 9], "an": [2, 4, 1, None]}))
    (violation,) = result.violations
    assert (violation.rule, violation.count) == ("lands after take-off", 1)
    assert violation.sample == [{"ab fahrt": 5, "an": 4}]


def test_sql_sees_text_as_the_contract_types_it():
    rule = Rule(kind="sql", value="d >= DATE '2020-01-01' AND n > 1")
    contract = of(column("date", name="d"), column("number", name="n"), rules=(rule,))
    assert counts(contract, text({"d": ["2020-05-01", "2019-01-01"], "n": ["2", "2"]})) == {("sql", None): 1}


def test_no_rows_break_nothing_but_presence_and_row_counts():
    contract = of(
        column(
            "integer",
            Rule(kind="minimum", value=0),
            Rule(kind="missing_share", value=0),
            required=True,
            unique=True,
        ),
        rules=(Rule(kind="row_count_min", value=1),),
    )
    for table in (typed(pl.DataFrame(schema={"x": pl.Int64})), text({"x": []})):
        assert counts(contract, table) == {("row_count_min", None): 1}


def test_a_column_with_nothing_in_it():
    contract = of(column("string", Rule(kind="pattern", value="a"), required=True, unique=True))
    for table in (typed({"x": [None, None]}), text({"x": ["", None]})):
        assert counts(contract, table) == {("required", "x"): 2}


@pytest.mark.parametrize(
    "name", ["", " ", 'we"ird', "it's", "`t`", "*", "^x$", "^.*$", "class", "naïve °F", "\x00x", "0", "rows"]
)
def test_odd_column_names(name):
    contract = of(
        column("integer", Rule(kind="minimum", value=0), name=name, required=True, unique=True),
        column("string", name="plain"),
    )
    expected = {("required", name): 1, ("minimum", name): 2, ("unique", name): 1}
    assert counts(contract, typed({name: [-1, -1, None], "plain": ["a", "b", "c"]})) == expected
    table = text({name: ["-1", "-1", ""], "plain": ["a", "b", "c"]})
    assert counts(contract, table) == expected
    assert check(contract, table).violations[0].sample == [{name: "", "plain": "c"}]


def test_samples_can_be_left_out_and_are_few():
    contract = of(column("integer", Rule(kind="minimum", value=0)))
    table = typed({"x": [-1] * 20})
    assert len(check(contract, table).violations[0].sample) == 5
    assert check(contract, table, samples=0).violations[0].sample == []


def test_samples_are_json_with_short_texts_and_a_dozen_columns():
    columns = [column("string", name=f"c{i}") for i in range(30)]
    contract = of(*columns, column("date", Rule(kind="minimum", value="2021-01-01"), name="d"))
    values = {f"c{i}": ["y" * 10_000] for i in range(30)} | {"d": [dt.date(2020, 1, 1)]}
    result = check(contract, typed(values))
    (row,) = result.violations[0].sample
    assert next(iter(row)) == "d"
    assert len(row) == 12
    assert row["d"] == "2020-01-01"
    assert len(row["c0"]) < 300
    assert result.model_validate_json(result.model_dump_json()) == result


def test_unknown_columns_are_never_shown():
    contract = of(column("integer", Rule(kind="minimum", value=0)))
    result = check(contract, typed({"x": [-1], "secret": ["s3cr3t"]}))
    assert "s3cr3t" not in result.model_dump_json()


def test_personal_values_are_hidden_in_every_row_and_message():
    secret = "zoe@example.org"
    rules = (
        Rule(kind="sql", value="x > 0 AND mail <> 'zoe'"),
        Rule(kind="unique_together", value=("mail", "born")),
    )
    contract = of(
        column("integer", Rule(kind="minimum", value=0), required=True),
        column("string", Rule(kind="max_length", value=3), name="mail", personal=True, unique=True),
        column("date", Rule(kind="minimum", value="1999-09-09"), name="born", personal=True, required=True),
        column("integer", name="pin", personal=True),
        rules=rules,
    )
    table = text({
        "x": ["-1", "", "x"],
        "mail": [secret] * 3,
        "born": ["1901-02-03", "1901-02-03", ""],
        "pin": ["4711", "abc4711", "4711"],
    })  # fmt: skip
    result = check(contract, table)
    assert {v.rule for v in result.violations} >= {
        "unique",
        "minimum",
        "type",
        "max_length",
        "unique_together",
        "sql",
    }
    shown = result.model_dump_json()
    assert not any(value in shown for value in (secret, "1901", "1999", "4711"))
    rows = [row for violation in result.violations for row in violation.sample]
    assert {row["mail"] for row in rows} == {"(hidden)"}


def test_a_broken_file_is_one_clear_error(tmp_path):
    path = tmp_path / "rows.parquet"
    pl.DataFrame({"x": list(range(1000))}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-500])
    table = Table(pl.scan_parquet(path), text=False, source=str(path), format="parquet")
    with pytest.raises(RequestError, match=r"rows\.parquet cannot be read"):
        check(of(column("integer")), table)


def test_a_wide_table_is_checked_with_all_its_rules():
    rules = [
        Rule(kind="minimum", value=0),
        Rule(kind="maximum", value=1),
        Rule(kind="missing_share", value=0),
    ]
    contract = of(*(column("number", *rules, name=f"c{i}", required=True) for i in range(300)))
    result = check(contract, typed({f"c{i}": [-1.0, 2.0, None] for i in range(300)}))
    assert len(result.violations) == 1200
    assert all(len(v.sample) == 1 for v in result.violations)


def test_a_parquet_file_is_checked_like_rows_in_memory(tmp_path):
    frame = pl.DataFrame({"x": [1, 1, -1, None], "s": ["a", "b", "b", None]})
    frame.write_parquet(tmp_path / "rows.parquet")
    contract = of(
        column("integer", Rule(kind="minimum", value=0), unique=True), column("string", name="s", unique=True)
    )
    scanned = Table(pl.scan_parquet(tmp_path / "rows.parquet"), text=False, source="f", format="parquet")
    assert counts(contract, scanned) == counts(contract, typed(frame))
    assert counts(contract, scanned) == {("minimum", "x"): 1, ("unique", "x"): 1, ("unique", "s"): 1}


def test_sql_may_ask_something_of_the_whole_table():
    contract = of(column("integer"), rules=(Rule(kind="sql", value="SUM(x) < 5 AND COUNT(*) > 1"),))
    assert counts(contract, typed({"x": [1, 2]})) == {}
    assert counts(contract, typed({"x": [1, 20]})) == {("sql", None): 1}


def test_a_file_with_many_batches_is_counted_exactly(tmp_path):
    rows = 300_000
    pl.DataFrame({"x": [i % (rows // 2) for i in range(rows)], "s": [f"key {i}" for i in range(rows)]}).write_csv(
        tmp_path / "rows.csv"
    )
    frame = pl.scan_csv(tmp_path / "rows.csv", infer_schema=False)
    contract = of(
        column("integer", Rule(kind="maximum", value=9), unique=True), column("string", name="s", unique=True)
    )
    found = counts(contract, Table(frame, text=True, source="rows.csv", format="csv"))
    assert found == {("unique", "x"): rows // 2, ("maximum", "x"): rows - 20}
