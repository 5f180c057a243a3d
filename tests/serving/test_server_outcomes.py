"""A challenger that fails is answered for, a shadow never answers, and what is unusual is counted."""

import dataclasses

import numpy as np
import pytest
from released import Asked, contract, frame, released

from modelyard.data.contract import Rule
from modelyard.routing import Ref
from modelyard.serving.app import App
from modelyard.serving.assign import Assigned
from modelyard.serving.state import State

pytestmark = pytest.mark.slow

ROW = {"a": 0.5, "b": "x", "n": 150}


class Kept:
    counters = {"capture_rows_total": 7, "capture_dropped_rows_total": 0}

    def __init__(self):
        self.rows = []

    def add(self, shape, role, number, entity, rows, scores, received):
        self.rows.append((shape.version, role, number, entity, [list(row) for row in rows], scores.tolist()))


@dataclasses.dataclass(frozen=True)
class Fixed(State):
    """Assigns everything to one version in one role."""

    assigned: Assigned | None = None
    mirrored: object = None

    def assign(self, entity, request_id):
        return self.assigned

    @property
    def shadow(self):
        return self.mirrored


class Routed(Asked):
    def __init__(self, store, tmp_path, **fixed):
        super().__init__(store, tmp_path)
        self.kept = Kept()
        self.app = App(self.follower, self.app._log, keeper=self.kept)

    def route(self, other, role="challenger", shadow=False):
        known = {f.name: getattr(self.follower.state, f.name) for f in dataclasses.fields(State)}
        champion = Assigned(self.version, "champion", True, None)
        to = champion if shadow else Assigned(other, role, True, self.version)
        self.follower.state = Fixed(**known, assigned=to, mirrored=other if shadow else None)


def challenger(version, **changed):
    shape = dataclasses.replace(version.shape, version=2)
    return dataclasses.replace(version, ref=Ref(version=2, sha256="2" * 64), shape=shape, **changed)


def raising(*_):
    raise ValueError("hidden")


def not_finite(*_):
    return np.array([[0.5, np.nan]])


def of(version, role):
    return f'version="{version}",role="{role}"'


def test_a_challenger_that_fails_is_counted_and_the_champion_answers(tmp_path):
    asked = Routed(released(tmp_path), tmp_path)
    for one, kind in ((raising, "raised"), (not_finite, "not_finite")):
        asked.route(challenger(asked.version, one=one, score=one))
        answer = asked.predict(ROW)
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
        assert asked.lines[-1]["error"]
        text = asked.get("/metrics").text
        assert f'modelyard_scorer_failures_total{{{of(2, "challenger")},kind="{kind}"}} 1' in text
    assert f'modelyard_requests_total{{route="/predict",status="200",{of(2, "challenger")}}} 2' in text
    assert f"modelyard_scorer_seconds_count{{{of(2, 'challenger')}}} 2" in text
    assert f"modelyard_scorer_seconds_count{{{of(1, 'champion')}}} 2" in text
    assert [kept[:2] for kept in asked.kept.rows] == [(1, "champion")] * 2
    assert "hidden" not in text + str(asked.lines)


def test_where_both_fail_there_is_a_500_against_the_challenger(tmp_path):
    asked = Routed(released(tmp_path), tmp_path)
    broken = dataclasses.replace(asked.version, one=raising, score=raising)
    asked.follower.state = dataclasses.replace(asked.follower.state, version=broken)
    asked.route(challenger(broken))
    assert asked.predict(ROW).status_code == 500
    text = asked.get("/metrics").text
    assert f'modelyard_errors_total{{route="/predict",{of(2, "challenger")}}} 1' in text
    assert asked.kept.rows == []


def test_a_shadow_is_scored_and_captured_but_never_answers(tmp_path):
    asked = Routed(released(tmp_path), tmp_path)
    shadow = challenger(asked.version)
    asked.route(shadow, shadow=True)
    answer = asked.predict({"rows": [ROW] * 3, "id": "me"}, **{"x-request-id": "r"})
    assert answer.json()["version"] == 1
    assert asked.app.predict.mirror.wait()
    text = asked.get("/metrics").text
    assert f"modelyard_predictions_total{{{of(2, 'shadow')}}} 3" in text
    assert [kept[:4] for kept in asked.kept.rows] == [(1, "champion", "r", "me"), (2, "shadow", "r", "me")]
    assert asked.kept.rows[0][5] == asked.kept.rows[1][5]


def test_a_failing_or_slow_shadow_costs_nothing_but_its_own_count(tmp_path):
    asked = Routed(released(tmp_path), tmp_path)
    asked.route(challenger(asked.version, one=raising, score=raising), shadow=True)
    assert asked.predict(ROW).status_code == 200
    assert asked.app.predict.mirror.wait()
    assert f'modelyard_scorer_failures_total{{{of(2, "shadow")},kind="raised"}} 1' in asked.get("/metrics").text


def test_a_mirror_that_is_behind_drops_and_counts(tmp_path):
    asked = Routed(released(tmp_path), tmp_path)
    asked.route(challenger(asked.version), shadow=True)
    mirror = asked.app.predict.mirror
    mirror._added += 10**9
    assert asked.predict(ROW).status_code == 200
    assert "modelyard_mirror_dropped_total 1" in asked.get("/metrics").text


def test_what_is_unusual_is_answered_counted_and_captured(tmp_path):
    rows = frame()
    usual = {
        "a": {"rules": tuple(Rule(kind=k, value=v, severity="warning") for k, v in (("minimum", -1), ("maximum", 1)))},
    }
    asked = Routed(released(tmp_path, rows, contract(rows, **usual)), tmp_path)
    body = {"rows": [ROW, {**ROW, "a": 9.0}, {**ROW, "b": "new"}, {**ROW, "b": None}, {**ROW, "n": None}]}
    assert asked.predict(body).status_code == 200
    text = asked.get("/metrics").text
    for column, kind in (("a", "out_of_bounds"), ("b", "new_category"), ("b", "missing"), ("n", "missing")):
        assert f'modelyard_unseen_total{{version="1",column="{column}",kind="{kind}"}} 1' in text
    assert text.count("modelyard_unseen_total{") == 4
    assert asked.kept.rows[0][4][1][0] == 9.0


def test_the_capture_gets_each_row_with_its_entity_and_scores(tmp_path):
    asked = Routed(released(tmp_path), tmp_path)
    answer = asked.predict({"rows": [ROW, ROW], "id": "me"}, **{"x-request-id": "r"})
    version, role, number, entity, rows, scores = asked.kept.rows[0]
    assert (version, role, number, entity, len(rows)) == (1, "champion", "r", "me", 2)
    assert scores == [list(p.values()) for p in answer.json()["probabilities"]]
    assert "modelyard_capture_rows_total 7" in asked.get("/metrics").text


def test_a_row_alone_is_scored_as_among_others(tmp_path):
    for task in ("binary", "multiclass", "regression"):
        asked = Asked(released(tmp_path / task, task=task, estimator="forest"), tmp_path / task)
        version = asked.version
        for row in ([0.5, "x", 150, None], [None, None, None, None], [1e300, "unseen", -(2**62), None]):
            assert np.array_equal(version.one(row), version.score([row]), equal_nan=True)


def test_docs_load_nothing_from_elsewhere(tmp_path):
    answer = Asked(released(tmp_path), tmp_path).get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "http" not in answer.text.lower().replace("http-equiv", "")


def test_one_row_is_explained(tmp_path):
    asked = Asked(released(tmp_path), tmp_path)
    assert asked.ask("POST", "/explain", json={"rows": [ROW, ROW]}).status_code == 422
    assert asked.ask("POST", "/explain", json={"a": "x"}).status_code == 422
    assert asked.ask("GET", "/explain").status_code == 405
    assert asked.ask("POST", "/explain", json=ROW).status_code in {200, 409}
