"""Predictions over HTTP are those of the scorer, row for row."""

import datetime as dt
import json
import math

import numpy as np
import polars as pl
import pytest
from released import FEATURES, Asked, contract, frame, released

pytestmark = pytest.mark.slow

TASKS = ["binary", "multiclass", "regression"]
ESTIMATORS = ["linear", "forest", "boosting", "xgboost", "lightgbm"]
MOMENTS = "import polars as pl\ndef features(rows):\n    return rows.with_columns(hour=pl.col('when').dt.hour())\n"


def rich(task, n=240, seed=0):
    """Every type, nulls, big integers, text beyond ASCII, and names that mean something."""
    r = np.random.default_rng(seed)
    x = r.normal(size=n)
    strength = x + 0.3 * r.normal(size=n)
    cuts = {"binary": [0.3], "multiclass": [-0.5, 0.5]}.get(task)
    y = strength * 100 if cuts is None else np.array(["lo", "mid", "hi"])[np.digitize(strength, cuts)]
    holes = r.random(n) < 0.1
    return pl.DataFrame(
        {
            "*": [None if hole else v for hole, v in zip(holes, x, strict=True)],
            "the colour's \\": [
                None if h else c for h, c in zip(holes[::-1], r.choice(["red", "é'\"\\"], n), strict=True)
            ],
            "big": r.integers(1_700_000_000, 1_700_000_500, n),
            "class": r.random(n) < 0.4,
            "day": [dt.date(2021, 1, 1) + dt.timedelta(days=int(d)) for d in r.integers(0, 400, n)],
            "when": [dt.datetime(2020, 1, 1) + dt.timedelta(minutes=int(m)) for m in r.integers(0, 500_000, n)],
            "told": [f"Alpha BETA {w} {i}" for i, w in enumerate(r.choice(["Übung", "win", "lose"], n))],
            "y": y,
        }
    )


def as_json(rows):
    return json.loads(json.dumps(rows.to_dicts(), default=str))


def answered(asked, rows):
    """Answers one by one, and all at once."""
    documents = as_json(rows)
    single = [asked.predict(row) for row in documents[:40]]
    batch = asked.predict({"rows": documents, "id": "entity"})
    assert {r.status_code for r in [*single, batch]} == {200}, batch.text
    return [r.json() for r in single], batch.json()


def check(asked, rows):
    scorer = asked.version.scorer
    single, batch = answered(asked, rows)
    scores = scorer.score(rows)
    assert_says(batch, scorer, scores)
    for i, answer in enumerate(single):  # a row asked alone gets the digits that it gets among others
        assert_says(answer, scorer, scores[i : i + 1])


def assert_says(answer, scorer, scores):
    assert answer["predictions"] == scorer.decide(scores)
    if not scorer.served.classes:
        assert "probabilities" not in answer
        return
    found = [[p[c] for c in scorer.served.classes] for p in answer["probabilities"]]
    assert found == scores.tolist()


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_answers_equal_the_scorer_on_every_estimator_and_task(estimator, task, tmp_path):
    rows = rich(task)
    asked = Asked(released(tmp_path, rows, task=task, estimator=estimator), tmp_path)
    assert asked.version, asked.follower.state.problem
    assert asked.version.scorer.served.form == "onnx"
    assert asked.version.scorer.served.by_row == (estimator != "linear")
    check(asked, rows.drop("y"))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("features", [FEATURES, MOMENTS], ids=["copied", "hour"])
def test_answers_equal_the_scorer_with_features_of_the_user(features, task, tmp_path):
    rows = rich(task)
    asked = Asked(released(tmp_path, rows, task=task, estimator="boosting", features=features), tmp_path)
    assert not asked.version.scorer.served.identity
    check(asked, rows.drop("y"))


def test_one_row_may_stand_alone(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    bare = asked.predict({"a": 0.5, "b": "x", "n": 150}, **{"x-request-id": "r 1"})
    listed = asked.predict({"rows": [{"b": "x", "n": 150.0, "a": 0.5}]})
    assert bare.json()["predictions"] == listed.json()["predictions"] == ["good"]
    assert bare.json()["version"] == 1
    assert bare.json()["id"] == bare.headers["x-request-id"] == "r 1"
    assert listed.json()["id"] == listed.headers["x-request-id"] != ""


def test_the_entity_is_given_back(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    answer = asked.predict({"rows": [{"a": 0.5, "b": "x", "n": 1}] * 3, "id": "entity é"}).json()
    assert answer["id"] == "entity é"
    assert len(answer["predictions"]) == len(answer["probabilities"]) == 3
    assert math.isclose(sum(answer["probabilities"][0].values()), 1, abs_tol=1e-6)


def test_no_rows_have_no_predictions(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    assert asked.predict({"rows": []}).json()["predictions"] == []


def test_columns_named_like_the_keys_of_a_request_are_columns_in_a_bare_row(tmp_path):
    rows = frame().rename({"b": "rows", "n": "id"})
    asked = Asked(released(tmp_path, rows), tmp_path)
    bare = asked.predict({"a": 0.5, "rows": "x", "id": 7})
    listed = asked.predict({"rows": [{"a": 0.5, "rows": "x", "id": 7}], "id": "me"})
    assert bare.status_code == listed.status_code == 200, bare.text + listed.text
    assert bare.json()["probabilities"] == listed.json()["probabilities"]
    assert asked.predict({"id": 7, "rows": "x"}).json()["detail"][0]["column"] == "a"


def test_numbers_keep_their_precision(tmp_path):
    rows = frame().with_columns(n=pl.Series(range(2**53, 2**53 + 400, 2)))
    asked = Asked(released(tmp_path, rows, estimator="boosting"), tmp_path)
    decoded = asked.version.decoder.decode(b'{"a":0.1000000000000000055511151231257827,"b":"x","n":9007199254740993}')
    assert decoded.rows[0][0] == 0.1
    assert decoded.rows[0][2] == 2**53 + 1


def test_a_model_that_is_not_onnx_is_served_too(tmp_path):
    own = "from sklearn.dummy import DummyClassifier\n\n\ndef build(config):\n    return DummyClassifier()\n"
    (tmp_path / "made" / "pipeline").mkdir(parents=True)
    (tmp_path / "made" / "pipeline" / "model.py").write_text(own)
    rows = frame()
    asked = Asked(released(tmp_path, rows, known=contract(rows)), tmp_path)
    assert asked.version.scorer.served.form == "python", asked.version.scorer.served.reason
    check(asked, rows.drop("y"))
