import json
from datetime import datetime

import numpy as np
import pytest
import watched
from test_performance_windows import binary, look, project, serve
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.monitoring import emf
from modelyard.monitoring.results import MonitorResult, VersionMetrics
from modelyard.routing import Ref, swap

SPLIT = {"by": "hash", "column": None, "validation": 0.2, "test": 0.2}
NAMES = {"drift_distance_max", "calibration_gap", "skill", "data_age_hours", "model_age_days"}


def told(tmp_path, **more):
    """A project whose predictions no longer come true, in an environment where alarms are wanted."""
    places = {"local": {"store": ".modelyard"}, "prod": {"store": ".modelyard"}}
    found = project(tmp_path, **more)
    settings = json.loads(json.dumps(found.config.model_dump(mode="json", include={"monitoring"})))["monitoring"]
    watched.settings(found.root, environments=places, monitoring={**settings, **more})
    store = watched.store_of(found)
    seen = {"recipe": "r", "snapshot": "s", "split": SPLIT, "time": "when", "data_end": "2025-02-25T00:00:00"}
    store.put(f"models/{watched.SHA}/seen.json", json.dumps({**seen, "eval_data_end": None}).encode())
    said, luck = binary()
    serve(found, said, np.where(luck < said + 0.2, "yes", "no"), received=datetime(2025, 3, 20))
    return found


def run(found, *options):
    shown = CliRunner().invoke(app, ["monitor", "--project", str(found.root), "--json", *options])
    return shown.stdout, [json.loads(line) for line in shown.stderr.splitlines() if line.startswith('{"_aws"')]


def test_alarms_get_every_documented_metric_with_the_documented_dimensions(tmp_path):
    found = told(tmp_path)
    document, (line,) = run(found, "--env", "prod", "--since", "2025-01-01")
    described = line["_aws"]["CloudWatchMetrics"][0]
    assert (described["Namespace"], described["Dimensions"]) == ("Modelyard", [["project", "env", "version", "role"]])
    assert {metric["Name"] for metric in described["Metrics"]} == NAMES
    assert [line[name] for name in described["Dimensions"][0]] == ["tried", "prod", "1", "champion"]
    assert {name: line[name] for name in NAMES} == json.loads(document)["metrics"]
    assert line["calibration_gap"] == pytest.approx(-0.2, abs=0.03)
    assert line["model_age_days"] == pytest.approx(22, abs=0.1)
    assert abs(line["_aws"]["Timestamp"] / 1000 - datetime.now().timestamp()) < 600


def test_lines_are_written_outside_local_or_where_that_is_wanted(tmp_path):
    found = told(tmp_path)
    assert run(found, "--since", "2025-01-01")[1] == []
    assert run(found, "--env", "prod", "--since", "2025-01-01", "--until", "2025-03-19")[1] == []  # it is no news
    wanted = watched.settings(found.root, monitoring={"emf": True, "alerts": {"stdout": False}})
    assert len(run(wanted, "--since", "2025-01-01")[1]) == 1
    unwanted = watched.settings(found.root, monitoring={"emf": False, "alerts": {"stdout": False}})
    assert run(unwanted, "--env", "prod", "--since", "2025-01-01")[1] == []


def test_each_version_has_its_own_numbers_and_role(tmp_path):
    found = told(tmp_path)
    other = "b" * 64
    store = watched.store_of(found)
    for name in ("profile.json", "model.json"):
        store.put(f"models/{other}/{name}", store.get(f"models/{watched.SHA}/{name}"))
    later = watched.inputs(1000, 21, begin=56, seed=1, shift=2)
    watched.serve(found, later, sha256=other, version=2, role="challenger", boot="two")
    assert [(v.version, v.role) for v in look(found).versions] == [(1, "champion"), (2, "retired")]
    swap(store, lambda r: r.model_copy(update={"challenger": Ref(version=2, sha256=other)}), why="t", action="tried")
    first, second = look(found).versions
    assert (second.role, set(second.metrics)) == ("challenger", {"drift_distance_max"})
    assert second.metrics["drift_distance_max"] > 0.5 > first.metrics["drift_distance_max"]


def test_what_is_no_number_is_left_out_and_a_version_without_any_has_no_line(tmp_path):
    found = project(tmp_path)
    assert emf._finite({"a": float("nan"), "b": None, "c": float("inf"), "skill": -1}) == {"skill": -1.0}
    versions = [VersionMetrics(version=1, role="champion"), VersionMetrics(version=2, role="x", metrics={"skill": 0.5})]
    wanted = watched.settings(found.root, monitoring={"emf": True})
    lines = emf.lines(MonitorResult(window=None, rows=0, versions=versions), wanted)
    assert [json.loads(line)["version"] for line in lines] == ["2"]
