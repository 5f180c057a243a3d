import datetime as dt
import importlib.resources
import json

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from open_data_contract_standard.model import OpenDataContractStandard

from modelyard.data.contract import Column, Contract, Rule, dump, load, parse
from modelyard.errors import RequestError

ODD_NAMES = [
    "",
    " ",
    'we"ird',
    "it's",
    "`tick`",
    "naïve °F",
    "class",
    "*",
    "^a$",
    "a: b",
    "# no comment",
    "null",
    "1",
    "{x}",
]

FULL = Contract(
    name="flights",
    version="2.1.0",
    description="Every departure; one row each.",
    columns=(
        Column(name="id", type="integer", primary_key=True, description="Counts up."),
        Column(name="leg", type="integer", primary_key=True),
        Column(
            name="temp °F",
            type="number",
            rules=(
                Rule(kind="minimum", value=-5.5, severity="warning"),
                Rule(kind="maximum", value=100, severity="warning"),
                Rule(kind="maximum", value=130),
                Rule(kind="missing_share", value=0.07, severity="warning"),
                Rule(kind="unreadable_share", value=0.01),
            ),
        ),
        Column(
            name="when",
            type="timestamp",
            format="%d/%m/%Y %H:%M",
            required=True,
            rules=(
                Rule(kind="minimum", value=dt.date(2013, 1, 1)),
                Rule(kind="freshness_hours", value=24, severity="warning"),
            ),
        ),
        Column(name="day", type="date", format="%Y.%m.%d %z oder '%A'"),
        Column(name="price", type="number", format="¤#,##0.0"),
        Column(
            name="mail",
            type="string",
            personal=True,
            unique=True,
            rules=(
                Rule(kind="pattern", value=r"^[^@]+@[^@]+$"),
                Rule(kind="min_length", value=3),
                Rule(kind="max_length", value=30, severity="warning", name="short enough"),
            ),
        ),
        Column(name="kind", type="string", rules=(Rule(kind="allowed", value=("yes", "1", "null", "x", "ä")),)),
        Column(name="ok", type="boolean", rules=(Rule(kind="allowed", value=(True,), severity="warning"),)),
    ),
    rules=(
        Rule(kind="row_count_min", value=10, severity="warning"),
        Rule(kind="row_count_max", value=10_000),
        Rule(kind="unique_together", value=("when", "temp °F")),
        Rule(kind="sql", value="\"temp °F\" > 0 OR (kind = 'x)' AND ok)", name="warm (or fine)"),
    ),
)


def minimal(**changes):
    column = {"name": "x", "logicalType": "integer"}
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "t",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "t", "properties": [column]}],
    }
    return document | changes


def with_column(*columns, quality=()):
    return minimal(schema=[{"name": "t", "properties": list(columns), "quality": list(quality)}])


def refused(document):
    with pytest.raises(RequestError) as caught:
        parse(document if isinstance(document, str) else yaml.safe_dump(document))
    return caught.value.message


def test_a_contract_comes_back_equal_from_its_file(tmp_path):
    path = tmp_path / "contract.yaml"
    path.write_text(dump(FULL), encoding="utf-8")
    assert load(path) == FULL


def test_the_file_is_what_the_standard_says():
    text = dump(FULL)
    OpenDataContractStandard.from_string(text)
    schema = json.loads(importlib.resources.files("open_data_contract_standard").joinpath("schema.json").read_text())
    jsonschema.Draft201909Validator(schema).validate(yaml.safe_load(text))
    assert yaml.safe_load(text)["apiVersion"] == "v3.1.0"


def test_editors_find_the_schema_in_the_first_line():
    first = dump(FULL).splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=https://")
    assert "v3.1.0" in first


def test_a_bound_that_warns_fits_on_one_line():
    rules = (
        Rule(kind="minimum", value=0, severity="warning"),
        Rule(kind="maximum", value=9, severity="warning"),
    )
    text = dump(Contract(name="t", columns=(Column(name="x", type="integer", rules=rules),)))
    assert "- {metric: invalidValues, arguments: {minimum: 0, maximum: 9}, mustBe: 0, severity: warning}" in text


def test_dates_are_written_in_the_patterns_of_the_standard():
    column = Column(name="d", type="date", format="%d.%m.%Y")
    assert "format: dd.MM.yyyy" in dump(Contract(name="t", columns=(column,)))


def test_a_hand_written_strptime_format_is_understood():
    column = {"name": "d", "logicalType": "date", "logicalTypeOptions": {"format": "%d.%m.%Y"}}
    assert parse(yaml.safe_dump(with_column(column))).column("d").format == "%d.%m.%Y"


def test_unquoted_dates_and_comments_may_be_written_by_hand():
    text = yaml.safe_dump(minimal()).replace(
        "logicalType: integer", "logicalType: date # a day\n    logicalTypeOptions: {minimum: 2020-01-31}"
    )
    assert parse(text).column("x").rules == (Rule(kind="minimum", value="2020-01-31"),)


def test_keys_for_people_and_other_tools_are_left_alone():
    column = {
        "name": "x",
        "logicalType": "integer",
        "businessName": "X",
        "tags": ["a"],
        "examples": [1],
        "quality": [
            {"type": "text", "description": "It looks right."},
            {"type": "custom", "engine": "soda", "implementation": "avg > 1"},
        ],
    }
    document = with_column(column) | {"team": {"name": "us"}, "servers": [], "tags": ["b"]}
    assert parse(yaml.safe_dump(document)).columns == (Column(name="x", type="integer"),)


def test_a_condition_may_be_written_without_not():
    rule = {"type": "sql", "query": "select count(*) from ${table} where x < 0", "mustBe": 0}
    document = with_column({"name": "x", "logicalType": "integer"}, quality=[rule])
    assert parse(yaml.safe_dump(document)).rules[0].value == "NOT (x < 0)"


def test_pii_is_personal_too():
    document = with_column({"name": "x", "logicalType": "string", "classification": "PII"})
    assert parse(yaml.safe_dump(document)).personal == {"x"}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_column_names_survive_the_file(name):
    contract = Contract(name="t", columns=(Column(name=name, type="string", required=True),))
    assert parse(dump(contract)) == contract


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20), st.floats(0, 1))
def test_any_text_and_share_survive_the_file(text, share):
    rules = (Rule(kind="allowed", value=(text,)), Rule(kind="missing_share", value=share, severity="warning"))
    contract = Contract(name="t", description=text, columns=(Column(name=text, type="string", rules=rules),))
    assert parse(dump(contract)) == contract


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ({"logicalType": "int"}, "logicalType: Input should be 'string', 'integer'"),
        ({"logicalType": "string", "requierd": True}, "requierd: unknown key; did you mean `required`?"),
        ({"logicalType": "string", "required": "yes"}, "required: Input should be a valid boolean"),
        (
            {"logicalType": "string", "logicalTypeOptions": {"minimum": 3}},
            "minimum does not apply to a column of type string",
        ),
        ({"logicalType": "integer", "logicalTypeOptions": {"minimum": "3"}}, "'3' is not a number"),
        (
            {"logicalType": "integer", "logicalTypeOptions": {"minimum": 3, "maximum": 2}},
            "minimum 3 is above maximum 2",
        ),
        (
            {"logicalType": "integer", "logicalTypeOptions": {"maximun": 2}},
            "unknown 'maximun'; did you mean `maximum`?",
        ),
        ({"logicalType": "integer", "logicalTypeOptions": {"multipleOf": 2}}, "write it as a SQL rule"),
        ({"logicalType": "number", "logicalTypeOptions": {"maximum": float("nan")}}, "NaN"),
        (
            {"logicalType": "string", "logicalTypeOptions": {"pattern": "("}},
            "'(' is not a usable regular expression: unclosed group",
        ),
        (
            {"logicalType": "string", "logicalTypeOptions": {"minLength": -1}},
            "must be a whole number from 0 on",
        ),
        ({"logicalType": "date", "logicalTypeOptions": {"minimum": "soon"}}, "'soon' is not an ISO date"),
        ({"logicalType": "date", "logicalTypeOptions": {"format": "dd.QQ"}}, "not a date pattern"),
        (
            {"logicalType": "string", "quality": [{"metric": "invalidValue", "mustBe": 0}]},
            "quality.0.metric: Input should be",
        ),
        ({"logicalType": "string", "quality": [{"mustBe": 0}]}, "required, but absent: metric"),
        (
            {"logicalType": "string", "quality": [{"metric": "nullValues", "mustBe": 0, "severity": "info"}]},
            "severity: Input should be 'error' or 'warning'",
        ),
        (
            {
                "logicalType": "string",
                "quality": [{"metric": "invalidValues", "arguments": {"validValue": ["a"]}, "mustBe": 0}],
            },
            "unknown 'validValue'; did you mean `validValues`?",
        ),
        (
            {
                "logicalType": "string",
                "quality": [{"metric": "invalidValues", "arguments": {"validValues": [1, "a"]}, "mustBe": 0}],
            },
            "1 is not text; put it in quotes",
        ),
        (
            {
                "logicalType": "integer",
                "quality": [{"metric": "invalidValues", "arguments": {"validValues": [1.5]}, "mustBe": 0}],
            },
            "1.5 is not a whole number",
        ),
        (
            {
                "logicalType": "integer",
                "quality": [{"metric": "invalidValues", "arguments": {"validValues": [10**30]}, "mustBe": 0}],
            },
            "does not fit",
        ),
        (
            {
                "logicalType": "string",
                "quality": [{"metric": "invalidValues", "arguments": {"validValues": []}, "mustBe": 0}],
            },
            "list of values that is not empty",
        ),
        (
            {
                "logicalType": "string",
                "quality": [{"metric": "invalidValues", "arguments": {"pattern": "a"}}],
            },
            "takes mustBe: 0",
        ),
        (
            {
                "logicalType": "string",
                "quality": [{"metric": "nullValues", "unit": "percent", "mustBeLessOrEqualTo": 120}],
            },
            "must be a share from 0 to 1",
        ),
        (
            {"logicalType": "string", "quality": [{"metric": "rowCount", "mustBe": 3}]},
            "belongs to the table's own",
        ),
        (
            {"logicalType": "string", "quality": [{"type": "sql", "query": "x", "mustBe": 0}]},
            "belong to the table's own",
        ),
        (
            {
                "logicalType": "integer",
                "quality": [{"type": "custom", "engine": "modelyard", "implementation": {"freshnessHours": 3}}],
            },
            "freshness_hours does not apply",
        ),
        (
            {
                "logicalType": "date",
                "quality": [{"type": "custom", "engine": "modelyard", "implementation": {"freshHours": 3}}],
            },
            "is not known for a column",
        ),
    ],
)
def test_what_is_wrong_with_a_column_is_said_with_its_path(column, expected):
    message = refused(with_column({"name": "x", **column}))
    assert expected in message
    assert "schema.0.properties.0('x')" in message


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"type": "sql", "query": "x > 0", "mustBe": 0}, "only `SELECT COUNT(*)"),
        (
            {"type": "sql", "query": "SELECT COUNT(*) FROM t WHERE NOT (x >)", "mustBe": 0},
            "is not usable SQL",
        ),
        (
            {"type": "sql", "query": "SELECT COUNT(*) FROM t WHERE NOT (y > 0)", "mustBe": 0},
            "the contract has no column 'y'",
        ),
        (
            {"type": "sql", "query": "SELECT COUNT(*) FROM t WHERE NOT (x + 1)", "mustBe": 0},
            "not true or false",
        ),
        (
            {"type": "sql", "query": "SELECT COUNT(*) FROM t WHERE NOT (x > 'a')", "mustBe": 0},
            "is not usable SQL",
        ),
        (
            {"type": "sql", "query": "SELECT COUNT(*) FROM t WHERE NOT (x > (SELECT 1))", "mustBe": 0},
            "is not usable SQL",
        ),
        ({"type": "sql", "query": "SELECT COUNT(*) FROM t WHERE NOT (x > 0)"}, "mustBe: 0"),
        (
            {"metric": "duplicateValues", "arguments": {"properties": ["x", "z"]}, "mustBe": 0},
            "no column 'z'",
        ),
        ({"metric": "duplicateValues", "arguments": {"properties": ["x", "x"]}, "mustBe": 0}, "twice"),
        (
            {"metric": "duplicateValues", "arguments": {"properties": "x"}, "mustBe": 0},
            "must be a list of columns",
        ),
        ({"metric": "rowCount"}, "rowCount needs"),
        ({"metric": "rowCount", "mustBeGreaterOrEqualTo": 1.5}, "must be a whole number"),
        ({"metric": "rowCount", "mustBeBetween": [9, 3]}, "is above"),
        ({"metric": "nullValues", "mustBe": 0}, "the table can have rowCount"),
    ],
)
def test_what_is_wrong_with_a_table_rule_is_said(rule, expected):
    assert expected in refused(with_column({"name": "x", "logicalType": "integer"}, quality=[rule]))


def test_every_problem_is_reported_at_once():
    columns = [
        {"name": "x", "logicalType": "integer", "logicalTypeOptions": {"minimum": "a"}},
        {"name": "x", "logicalType": "integer"},
        {"name": "y", "logicalType": "text"},
        {"name": "z", "logicalType": "string", "logicalTypeOptions": {"pattern": "["}},
    ]
    message = refused(with_column(*columns) | {"kindd": 1, "status": None})
    assert "has 6 problems" in message
    for part in (
        "kindd: unknown key",
        "status: ",
        "'a' is not a number",
        "duplicate column",
        "logicalType",
        "'['",
    ):
        assert part in message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "just words",
        "a: [",
        "\x00",
        "a: 1\na: 2",
        "? [a]\n: 1",
        "&a [*a]",
        "schema: 3",
        "schema: [3]",
        "schema: []",
    ],
)
def test_what_is_no_contract_is_refused(text):
    assert refused(text)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(RequestError, match="There is no contract") as caught:
        load(tmp_path / "contract.yaml")
    assert caught.value.code == "no_contract"


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "contract.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01\x80")
    with pytest.raises(RequestError, match="Cannot read"):
        load(path)


def test_a_column_twice_is_refused_in_code_too():
    with pytest.raises(ValueError, match="named twice"):
        Contract(name="t", columns=(Column(name="x", type="date"), Column(name="x", type="string")))
