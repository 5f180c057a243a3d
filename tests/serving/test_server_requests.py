"""What is refused, with which status and which words, and what is answered although it is unusual."""

import datetime as dt
import json
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from released import Asked, contract, frame, released

from modelyard.data.contract import Rule
from modelyard.serving import asgi, predict
from modelyard.serving.problems import RefusalError
from modelyard.serving.slow import look

pytestmark = pytest.mark.slow

GOOD = {"x": 0.5, "colour": "red", "n": 3, "flag": True, "day": "24.12.2024", "who": "Ann", "why": "z"}
CHANGES = {
    "x": {
        "required": True,
        "rules": (
            Rule(kind="minimum", value=-100, severity="error"),
            Rule(kind="maximum", value=0.1, severity="warning"),
        ),
    },
    "colour": {
        "rules": (
            Rule(kind="allowed", value=("red", "blue"), severity="error"),
            Rule(kind="pattern", value="^[a-z]+$", severity="warning"),
        )
    },
    "n": {"rules": (Rule(kind="allowed", value=(0, 1), severity="warning"), Rule(kind="missing_share", value=0.0))},
    "day": {"format": "%d.%m.%Y", "rules": (Rule(kind="maximum", value="2030-01-01", severity="error"),)},
    "who": {"personal": True, "required": True},
    "why": {"rules": (Rule(kind="pattern", value=r"^\p{L}$"), Rule(kind="max_length", value=3))},
    "key": {"required": True, "primary_key": True, "rules": (Rule(kind="minimum", value=0),)},
    "y": {"required": True},
}


def rows(n=200):
    r = np.random.default_rng(0)
    x = r.normal(size=n)
    return pl.DataFrame(
        {
            "key": range(n),
            "x": x,
            "colour": r.choice(["red", "blue"], n),
            "n": r.integers(0, 5, n),
            "flag": r.random(n) < 0.5,
            "day": [dt.date(2024, 1, 1) + dt.timedelta(days=int(d)) for d in r.integers(0, 300, n)],
            "who": r.choice(["Ann", "Bob"], n),
            "why": r.choice(["z", "é"], n),
            "y": np.where(x > 0, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    table = rows()
    return Asked(released(folder, table, contract(table, **CHANGES), ignore=("key",)), folder)


def refused(asked, **changes):
    answer = asked.predict({**GOOD, **changes})
    assert answer.status_code == 422, answer.text
    return answer.json()["detail"]


def test_a_good_row_is_answered(asked):
    assert asked.follower.state.problem == ""
    assert asked.predict(GOOD).status_code == 200, asked.predict(GOOD).text


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("x", "0.5", "must be a number, not text"),
        ("x", True, "must be a number, not a boolean"),
        ("x", [1], "must be a number, not a list"),
        ("x", None, "may not be null"),
        ("x", -101, "is below the minimum -100"),
        ("x", float("nan"), "must be a finite number"),
        ("x", 10**400, "must be a finite number"),
        ("n", 1.5, "must be an integer, not a number"),
        ("n", "1", "must be an integer, not text"),
        ("n", True, "must be an integer, not a boolean"),
        ("n", 2**63, "does not fit into 64 bits"),
        ("n", None, "may not be null"),
        ("flag", 1, "must be true or false, not an integer"),
        ("flag", "true", "must be true or false, not text"),
        ("colour", 3, "must be a string, not an integer"),
        ("colour", "green", "is none of the 2 allowed values"),
        ("colour", {"a": 1}, "must be a string, not an object"),
        ("why", "ab", "does not match"),
        ("day", "2024-12-24", "must be a date (%d.%m.%Y)"),
        ("day", "31.02.2024", "must be a date (%d.%m.%Y)"),
        ("day", 20240101, "must be a date (%d.%m.%Y), not an integer"),
        ("day", "02.01.2030", "is above the maximum 2030-01-01"),
        ("key", -1, "is below the minimum 0"),
        ("nonsense", 1, "is not a column of the contract"),
    ],
)
def test_a_value_that_breaks_the_contract_is_named(column, value, words, asked):
    detail = refused(asked, **{column: value})
    assert [(d["row"], d["column"]) for d in detail] == [(0, column)]
    assert words in detail[0]["message"]
    simple = not isinstance(value, list | dict) and not (isinstance(value, int) and abs(value) >= 2**63)
    if simple and not (isinstance(value, float) and math.isnan(value)):
        assert detail[0]["value"] == value


@pytest.mark.parametrize("column", ["x", "colour", "n", "flag", "day", "why"])
def test_a_column_that_the_model_reads_may_not_be_missing(column, asked):
    answer = asked.predict({k: v for k, v in GOOD.items() if k != column})
    assert answer.status_code == 422
    assert answer.json()["detail"] == [{"row": 0, "column": column, "message": "is missing", "value": None}]


@pytest.mark.parametrize(
    "changes",
    [
        {"x": 5.0},  # above what the training rows had
        {"n": 99},
        {"n": 3.0},
        {"flag": None},
        {"colour": None},
        {"day": None},
        {"key": 7, "y": "yes"},
        {"key": None, "y": None},  # not read by the model
        {"who": None},
        {"who": "somebody new"},
    ],
)
def test_what_is_only_unusual_is_answered(changes, asked):
    answer = asked.predict({**GOOD, **changes})
    assert answer.status_code == 200, answer.text


def test_a_personal_column_is_never_required(asked):
    row = {k: v for k, v in GOOD.items() if k != "who"}
    assert asked.predict(row).json()["probabilities"] == asked.predict({**row, "who": None}).json()["probabilities"]
    assert asked.get("/schema").json()["required"] == [k for k in GOOD if k != "who"]


def test_each_row_of_many_is_named(asked):
    bad = asked.predict({"rows": [GOOD, {**GOOD, "x": "a"}, 3, {**GOOD, "n": None, "day": ""}]})
    assert bad.status_code == 422
    assert [(d["row"], d["column"]) for d in bad.json()["detail"]] == [(1, "x"), (2, None), (3, "n"), (3, "day")]


def test_the_number_of_problems_told_is_limited(asked):
    assert len(asked.predict({"rows": [{}] * 1000}).json()["detail"]) == 100


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"x": 1,}', 400),
        (b'{"x": 1} x', 400),
        (b"\xff\xfe\x00", 400),
        (b'{"x": "\xff"}', 400),
        (b"[" * 200_000, 400),
        (b'{"rows":' + b"[" * 200_000 + b"]" * 200_000 + b"}", 400),
        (b'{"x": ' + b"1" * 10_000 + b"}", 400),
        (b"null", 422),
        (b"[]", 422),
        (b"7", 422),
        (b'"text"', 422),
        (b'{"rows": {}}', 422),
        (b'{"rows": null}', 422),
        (b'{"rows": [null]}', 422),
        (b'{"rows": [], "more": 1}', 422),
        (b'{"rows": [], "id": 5}', 422),
        (b'{"rows": [], "id": "\\ud800"}', 422),
        (b'{"\\ud800": "\\udfff"}', 422),
    ],
)
def test_what_is_no_request_is_refused(body, status, asked):
    answer = asked.predict(body)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_half_a_surrogate_pair_is_no_text(asked):
    body = json.dumps(GOOD).replace('"z"', '"\\ud800"').encode()
    assert asked.predict(body).json()["detail"][0]["column"] == "why"


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json"])
def test_another_content_type_is_refused(media, asked):
    assert asked.predict(GOOD, **{"content-type": media}).status_code == 415


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.x+json"])
def test_json_under_its_other_names_is_read(media, asked):
    assert asked.predict(GOOD, **{"content-type": media}).status_code == 200


def test_a_compressed_body_is_refused(asked):
    assert asked.predict(GOOD, **{"content-encoding": "gzip"}).status_code == 415


def test_a_body_of_more_than_ten_megabytes_is_refused(asked):
    largest = json.dumps(GOOD).encode()
    assert asked.predict(largest + b" " * (asgi.MOST_BYTES - len(largest))).status_code == 200
    assert asked.predict(largest + b" " * (asgi.MOST_BYTES + 1 - len(largest))).status_code == 413
    assert asked.predict(b"x" * 20_000_000).status_code == 413


def test_too_many_rows_are_refused(asked):
    assert asked.predict({"rows": [GOOD] * predict.MOST_ROWS}).status_code == 200
    assert asked.predict({"rows": [GOOD] * (predict.MOST_ROWS + 1)}).status_code == 413


def test_other_methods_and_routes_are_refused(asked):
    answer = asked.get("/predict")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert asked.ask("DELETE", "/healthz").status_code == 405
    assert asked.get("/predict/").status_code == 404
    assert asked.get("/").status_code == 404
    assert asked.ask("HEAD", "/healthz").status_code == 200


@pytest.mark.parametrize("given_id", ["", "x" * 200, "tab\there"])
def test_a_request_id_that_may_not_be_logged_is_replaced(given_id, asked):
    answer = asked.predict(GOOD, **{"x-request-id": given_id})
    assert answer.headers["x-request-id"] not in {given_id, ""}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("24.12.2024")
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
)
ROWS = st.fixed_dictionaries({}, optional=dict.fromkeys([*GOOD, "key", "y", "", "rows", "id"], SCALARS | DOCUMENTS))
NEARLY = st.builds(lambda column, value: {**GOOD, column: value}, st.sampled_from(list(GOOD)), SCALARS)


@settings(max_examples=300, deadline=None)
@given(NEARLY | ROWS | st.fixed_dictionaries({"rows": st.lists(NEARLY | ROWS, max_size=3)}) | DOCUMENTS)
def test_the_generated_struct_and_the_close_look_agree(document):
    data = json.dumps(document).encode()

    def outcome(read):
        try:
            found = read()
        except RefusalError as refusal:
            return refusal.status
        return [list(row) for row in found]

    version = _VERSION[0]
    assert outcome(lambda: version.decoder.decode(data).rows) == outcome(lambda: look(data, version.fields)[0])


_VERSION = []


@pytest.fixture(autouse=True)
def _version(asked):
    _VERSION[:] = [asked.version]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=60)
    | st.builds(lambda a, b: json.dumps(GOOD).encode()[:a] + b, st.integers(0, 120), st.binary(max_size=9))
)
def test_no_bytes_break_the_decoder(data):
    try:
        _VERSION[0].decoder.decode(data)
    except RefusalError as refusal:
        assert refusal.status in {400, 422}  # noqa: PT017


def test_names_that_no_struct_can_have_are_columns_all_the_same(tmp_path):
    table = frame().rename({"a": 'quo"te\\', "b": "tab\t"})
    asked = Asked(released(tmp_path, table), tmp_path)
    assert asked.predict({'quo"te\\': 0.5, "tab\t": "x", "n": 1}).status_code == 200
    assert asked.predict({'quo"te\\': 0.5, "n": 1}).json()["detail"][0]["column"] == "tab\t"
