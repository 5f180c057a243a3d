"""The small routes say what is true, and no log line holds a value of a row."""

import asyncio
import io
import json
import re
import threading

import httpx
import pytest
from released import Asked, contract, frame, put, release, released, trained

from modelyard.data.contract import Rule
from modelyard.data.store import Store
from modelyard.serving.logs import Log

pytestmark = pytest.mark.slow

ROW = {"a": 0.5, "b": "x", "n": 150}
RAISES = """
def features(rows):
    if (rows["n"] == -7).any():
        raise ValueError(f"secret {rows['b'][0]}")
    return rows.with_columns(more=rows["a"])
"""
NOT_FINITE = """
import numpy as np
from sklearn.dummy import DummyRegressor

class Odd(DummyRegressor):
    def predict(self, X):
        return np.where(np.asarray(X)[:, 0] > 100, np.nan, 0.0)

def build(config):
    return Odd()
"""


def test_the_schema_tells_what_is_refused_and_its_example_is_answered(tmp_path):
    rules = {
        "a": {"required": True, "rules": (Rule(kind="minimum", value=-2), Rule(kind="maximum", value=0.0))},
        "b": {"rules": (Rule(kind="allowed", value=("x", "y")),)},
        "n": {"rules": (Rule(kind="maximum", value=5, severity="warning"),)},
    }
    rows = frame()
    asked = Asked(released(tmp_path, rows, contract(rows, **rules)), tmp_path)
    schema = asked.get("/schema").json()
    assert schema["properties"]["a"] == {"type": "number", "minimum": -2, "maximum": 0.0}
    assert schema["properties"]["b"] == {"type": ["string", "null"], "enum": ["x", "y", None]}
    assert "maximum" not in schema["properties"]["n"]
    assert schema["required"] == ["a", "b", "n"]
    assert set(schema["properties"]) == {"a", "b", "n", "y"}
    assert asked.predict(schema["examples"][0]).status_code == 200


def test_the_openapi_document_shows_a_request_that_is_answered(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    found = asked.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    media = found["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    assert asked.predict(media["example"]).status_code == 200
    assert set(found["paths"]) == {
        "/predict",
        "/explain",
        "/schema",
        "/openapi.json",
        "/docs",
        "/healthz",
        "/readyz",
        "/release",
        "/metrics",
    }
    answer = found["paths"]["/predict"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(answer["properties"]) == set(asked.predict(media["example"]).json())


def test_the_release_names_who_answers_and_since_when(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    found = asked.get("/release").json()
    share = found["shares"][0]
    assert {k: share[k] for k in ("version", "role", "share")} == {"version": 1, "role": "champion", "share": 1.0}
    assert share["since"] >= found["changed"]
    assert found["champion"]["sha256"] == asked.version.ref.sha256


def test_the_metrics_count_by_version(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    asked.predict(ROW)
    asked.predict({"rows": [ROW] * 3})
    asked.predict({})
    text = asked.get("/metrics").text
    labels = 'version="1",role="champion"'
    assert f'modelyard_requests_total{{route="/predict",status="200",{labels}}} 2' in text
    assert f'modelyard_requests_total{{route="/predict",status="422",{labels}}} 1' in text
    assert f"modelyard_predictions_total{{{labels}}} 4" in text
    assert f'modelyard_errors_total{{route="/predict",{labels}}} 0' in text
    assert f'modelyard_request_seconds_bucket{{le="+Inf",{labels}}} 3' in text
    assert f"modelyard_request_seconds_count{{{labels}}} 3" in text
    for family in ("modelyard_batch_request_seconds", "modelyard_batch_scorer_seconds"):
        assert f"{family}_count{{{labels}}} 1" in text, "the one request of three rows"
    for line in text.splitlines():
        assert line.startswith("# ") or re.fullmatch(r"[a-z_]+(\{[^{}]*\})? [0-9.e+-]+", line), line


def test_a_failure_of_the_users_features_is_a_500_that_keeps_values_to_itself(tmp_path):
    asked = Asked(released(tmp_path, features=RAISES), tmp_path)
    assert asked.predict(ROW).status_code == 200
    answer = asked.predict({**ROW, "n": -7, "b": "hidden"}, **{"x-request-id": "mine"})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == "mine"
    line = asked.lines[-1]
    assert (line["request_id"], line["status"], line["error"], line["place"]) == (
        "mine",
        500,
        "ValueError",
        "features.py:4",
    )
    assert "hidden" not in answer.text + json.dumps(asked.lines)
    assert asked.predict(ROW).status_code == 200
    assert 'modelyard_errors_total{route="/predict",version="1",role="champion"} 1' in asked.get("/metrics").text


def test_a_score_that_is_no_number_is_not_answered(tmp_path):
    (tmp_path / "made" / "pipeline").mkdir(parents=True)
    (tmp_path / "made" / "pipeline" / "model.py").write_text(NOT_FINITE)
    rows = frame(task="regression").select("n", "a", "b", "y")
    store = Store.open("store", tmp_path)
    trained(tmp_path / "made", rows, task="regression")
    release(store, 1, put(store, tmp_path / "made", rows, contract(rows)))
    asked = Asked(store, tmp_path)
    assert asked.predict({**ROW, "n": 1}).status_code == 200, asked.predict({**ROW, "n": 1}).text
    assert asked.predict(ROW).status_code == 500


@pytest.mark.parametrize("bad", [{"a": "hidden"}, {"hidden": 1}, {"rows": "hidden"}])
def test_no_log_line_holds_a_value(bad, tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    assert asked.predict({**ROW, **bad}).status_code == 422
    asked.predict({**ROW, "b": "hidden"})
    asked.get("/hidden")
    assert "hidden" not in json.dumps(asked.lines)


def test_log_lines_are_json_in_order_and_the_oldest_go_first_when_nobody_reads():
    out = io.StringIO()
    log = Log(out)
    log.start()
    for number in range(30_000):
        log.line("tried", number=number)
    log.stop()
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    numbers = [line["number"] for line in found]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 29_999
    assert set(found[0]) == {"time", "event", "number"}


def test_a_log_that_cannot_be_written_stops_nothing():
    class Broken(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    log = Log(Broken())
    log.start()
    log.line("tried")
    log.stop()


def test_large_predictions_do_not_wait_for_explanations(tmp_path, monkeypatch):
    asked = Asked(released(tmp_path), tmp_path)
    over = threading.Event()
    monkeypatch.setattr("modelyard.serving.app.explain", lambda *_: {"waited": over.wait(30)})
    many = {"rows": [ROW] * 3000}

    async def ask():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(asked.app), base_url="http://t") as client:
            explaining = [asyncio.create_task(client.post("/explain", json=ROW)) for _ in range(40)]
            await asyncio.sleep(0.2)
            large = await asyncio.wait_for(client.post("/predict", json=many), 15)
            over.set()
            return large, await asyncio.gather(*explaining)

    large, explained = asyncio.run(ask())
    assert len(large.json()["predictions"]) == 3000
    assert {answer.status_code for answer in explained} == {200}
    asked.app.stop()
