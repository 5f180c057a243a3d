"""Timestamps that count time since 1970, over HTTP: read as the contract reads them, refused with what is wrong."""

import datetime as dt
import json

import jsonschema
import numpy as np
import polars as pl
import pytest
from released import Asked, contract, released

from modelyard.data.contract import Column, Rule
from modelyard.data.types import EPOCHS, epoch, parse
from modelyard.serving.fields import RefusedError, _field

pytestmark = pytest.mark.slow

MS = 1_700_000_000_000
FEATURES = (
    "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(at=pl.col('when').dt.second() + 0.5)\n"
)
TEXTS = [
    "1700000000000", " 1700000000000 ", "1700000000000.0", "1.7e12", "+1700000000000", "1_700_000_000_000",
    "1700000000000.5", "1700000000", "0", "", "NA", "x", "²", "1\u06f7", "1" * 40, "2023-11-14", "0x18",
]  # fmt: skip


def field(*rules, form="epoch_ms", **more):
    return _field(Column(name="when", type="timestamp", format=form, rules=rules, **more), is_read=True)


def refusal(value, form="epoch_ms"):
    with pytest.raises(RefusedError) as refused:
        field(form=form).read(value)
    return str(refused.value)


@pytest.mark.parametrize("unit", EPOCHS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_read_as_the_contract_s_parser_reads_it(unit, text):
    frame = pl.DataFrame({"v": [text]})
    expected = frame.select(parse("v", "timestamp", format=unit.format)).item()
    if expected is None:
        refusal(text, unit.format)
    else:
        assert field(form=unit.format).read(text) == expected


@pytest.mark.parametrize("unit", EPOCHS)
def test_a_number_is_read_by_the_unit(unit):
    n = 1_700_000_000 * unit.per_second
    read = field(form=unit.format).read
    assert read(n) == read(float(n)) == read(str(n)) == dt.datetime(2023, 11, 14, 22, 13, 20)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1_700_000_000, "not in seconds"),
        ("1700000000", "not in seconds"),
        (MS * 1_000_000, "not in nanoseconds"),
        (0, "from 100000000000 to 99999999999999"),
        (-MS, "from 100000000000 to 99999999999999"),
        (10**400, "from 100000000000 to 99999999999999"),
        (MS + 0.5, "a whole number"),
        (float("nan"), "a whole number"),
        (float("inf"), "a whole number"),
        ("soon", "not other text"),
        ("\ud800", "half a surrogate"),
        (True, "not a boolean"),
        ([MS], "not a list"),
        ({}, "not an object"),
    ],
)
def test_what_is_no_such_moment_is_refused_and_the_unit_named(value, said):
    message = refusal(value)
    assert said in message
    assert "epoch_ms" in message or "surrogate" in said


def test_rules_hold_for_the_moment():
    bounded = field(Rule(kind="minimum", value="2023-11-14"), Rule(kind="maximum", value="2023-11-14"))
    assert bounded.read(MS).year == 2023
    for value, said in ((MS + 86_400_000, "above the maximum"), (MS - 86_400_000, "below the minimum")):
        with pytest.raises(RefusedError, match=said):
            bounded.read(value)
    assert field().read(None) is None
    with pytest.raises(RefusedError, match="null"):
        field(required=True).read(None)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A server whose rows hold milliseconds; `typed` are the rows that it was trained on."""
    n = 240
    when = [dt.datetime(2023, 11, 14) + dt.timedelta(milliseconds=7_654_321 * i) for i in range(n)]
    hours = np.array([w.hour for w in when])
    rows = pl.DataFrame({"when": when, "a": np.linspace(-1, 1, n), "y": np.where(hours > 11, "late", "early")})
    folder = tmp_path_factory.mktemp("epochs")
    rules = (Rule(kind="minimum", value="2023-11-01T00:00:00.000001"), Rule(kind="maximum", value="2024-12-31"))
    known = contract(rows, when={"format": "epoch_ms", "rules": rules, "description": "Seen"})
    made = Asked(released(folder, rows, known, estimator="boosting", features=FEATURES), folder)
    made.typed = rows
    return made


def numbers(rows):
    return rows.with_columns(pl.col("when").dt.epoch("ms")).drop("y").to_dicts()


def test_answers_are_those_of_the_scorer_row_for_row(asked):
    rows = numbers(asked.typed)
    expected = asked.version.scorer.score(asked.typed.drop("y"))
    for write in (int, float, str):
        sent = [row | {"when": write(row["when"])} for row in rows]
        answer = asked.predict({"rows": sent}).json()
        got = [[each[name] for name in ("early", "late")] for each in answer["probabilities"]]
        assert got == expected.tolist()
    one = asked.predict(rows[7]).json()["probabilities"][0]
    assert [one["early"], one["late"]] == expected[7].tolist()


def test_a_wrong_value_is_422_with_row_column_and_value(asked):
    rows = numbers(asked.typed)[:3]
    rows[1]["when"] = 1_700_000_000
    answer = asked.predict({"rows": rows})
    assert answer.status_code == 422
    (problem,) = answer.json()["detail"]
    assert (problem["row"], problem["column"], problem["value"]) == (1, "when", 1_700_000_000)
    assert "milliseconds since 1970 (epoch_ms)" in problem["message"]


def test_the_documents_say_an_integer_within_the_rules_and_show_one_that_is_accepted(asked):
    schema = asked.get("/schema").json()
    when = schema["properties"]["when"]
    assert (when["type"], when["format"]) == (["integer", "null"], "int64")
    assert when["description"] == "Seen (milliseconds since 1970, UTC)"
    assert (when["minimum"], when["maximum"]) == (1_698_796_800_001, 1_735_689_599_999)
    example = asked.get("/openapi.json").json()["paths"]["/predict"]["post"]["requestBody"]["content"][
        "application/json"
    ]["example"]
    assert isinstance(example["when"], int)
    jsonschema.validate(example, schema)
    assert asked.predict(example).status_code == 200
    low, high = asked.typed["when"].dt.epoch("ms").min(), asked.typed["when"].dt.epoch("ms").max()
    assert low <= example["when"] <= high
    for value, good in ((when["minimum"], 200), (when["minimum"] - 1, 422), (when["maximum"] + 1, 422)):
        assert asked.predict(example | {"when": value}).status_code == good
        assert jsonschema.Draft202012Validator(schema).is_valid(example | {"when": value}) == (good == 200)


def test_without_rules_the_schema_has_the_unit_s_own_ends(tmp_path):
    rows = pl.DataFrame({"when": [dt.datetime(2023, 11, 14)] * 40, "y": ["a", "b"] * 20})
    known = contract(rows, when={"format": "epoch_us", "required": True})
    found = Asked(released(tmp_path, rows, known), tmp_path)
    when = found.get("/schema").json()["properties"]["when"]
    unit = epoch("epoch_us")
    assert (when["type"], when["minimum"], when["maximum"]) == ("integer", unit.first, unit.last)
    assert found.predict({"when": None}).status_code == 422
    assert json.loads(found.predict({"when": unit.first}).text)["predictions"]


def test_numbers_and_digits_need_no_second_look(asked, monkeypatch):
    def look(*_):
        raise AssertionError("looked twice")

    monkeypatch.setattr("modelyard.serving.body.look", look)
    row = numbers(asked.typed)[3]
    for value in (row["when"], str(row["when"]), None):
        assert len(asked.version.decoder.decode(json.dumps(row | {"when": value}).encode()).rows) == 1
