import json
from datetime import UTC, datetime, timedelta

import boto3
import numpy as np
import pytest
import watched
from test_performance_windows import binary, look, project, serve
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.config import load
from modelyard.monitoring.measured import _finite
from modelyard.monitoring.publish import _way, series
from modelyard.monitoring.results import MonitorResult, VersionMetrics
from modelyard.routing import Ref, swap

pytestmark = pytest.mark.slow

SPLIT = {"by": "hash", "column": None, "validation": 0.2, "test": 0.2}
WHOLE = ["project", "env"]
ALERTS = {"drift_alert", "calibration_alert"}
NAMES = {"drift_distance_max", "calibration_gap", "skill", "data_age_hours", "model_age_days"} | ALERTS


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
    document, (whole, line) = run(found, "--env", "prod", "--since", "2025-01-01")
    for one, dimensions in ((whole, WHOLE), (line, [*WHOLE, "version", "role"])):
        described = one["_aws"]["CloudWatchMetrics"][0]
        assert (described["Namespace"], described["Dimensions"]) == ("Modelyard", [dimensions])
        assert {metric["Name"] for metric in described["Metrics"]} == NAMES
    assert [line[name] for name in (*WHOLE, "version", "role")] == ["tried", "prod", "1", "champion"]
    said = json.loads(document)["metrics"]
    assert {name: whole[name] for name in NAMES} == said | {"calibration_gap": abs(said["calibration_gap"])}
    assert said["calibration_gap"] == pytest.approx(-0.2, abs=0.03)
    assert line["calibration_gap"] == pytest.approx(0.2, abs=0.03)  # an alarm has one side
    assert line["model_age_days"] == pytest.approx(22, abs=0.1)
    assert abs(line["_aws"]["Timestamp"] / 1000 - datetime.now().timestamp()) < 600


def test_lines_are_written_outside_local_or_where_that_is_wanted(tmp_path):
    found = told(tmp_path)
    assert run(found, "--since", "2025-01-01")[1] == []
    assert run(found, "--env", "prod", "--since", "2025-01-01", "--until", "2025-03-19")[1] == []  # it is no news
    wanted = watched.settings(found.root, monitoring={"metrics": "emf", "alerts": {"stdout": False}})
    assert len(run(wanted, "--since", "2025-01-01")[1]) == 2
    unwanted = watched.settings(found.root, monitoring={"metrics": "none", "alerts": {"stdout": False}})
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
    assert (second.role, set(second.metrics)) == ("challenger", {"drift_distance_max", "drift_alert"})
    assert second.metrics["drift_distance_max"] > 0.5 > first.metrics["drift_distance_max"]


def test_what_is_no_number_is_left_out_and_a_version_without_any_has_no_line(tmp_path):
    found = project(tmp_path)
    assert _finite({"a": float("nan"), "b": None, "c": float("inf"), "skill": -1}) == {"skill": -1.0}
    versions = [VersionMetrics(version=1, role="champion"), VersionMetrics(version=2, role="x", metrics={"skill": 0.5})]
    found = watched.settings(found.root, monitoring={"metrics": "emf"})
    (one,) = series(MonitorResult(window=None, rows=0, versions=versions), found)
    assert one.dimensions["version"] == "2"


@pytest.fixture
def cloudwatch(aws):
    """moto's CloudWatch, as the environment variables say."""
    return boto3.client("cloudwatch")


def test_cloudwatch_has_the_series_that_the_alarms_watch_with_the_numbers_of_the_run(tmp_path, cloudwatch):
    found = told(tmp_path, metrics="cloudwatch", alerts={"stdout": False})
    document, lines = run(found, "--env", "prod", "--since", "2025-01-01")
    assert (json.loads(document)["unpublished"], lines) == ("", [])
    known = cloudwatch.list_metrics(Namespace="Modelyard")["Metrics"]
    of = {(m["MetricName"], tuple(d["Name"] for d in m["Dimensions"])) for m in known}
    assert of == {(name, tuple(names)) for name in NAMES for names in (WHOLE, [*WHOLE, "version", "role"])}
    mine = [{"Name": "project", "Value": "tried"}, {"Name": "env", "Value": "prod"}]
    now = datetime.now(UTC)
    (point,) = cloudwatch.get_metric_statistics(
        Namespace="Modelyard", MetricName="drift_distance_max", Dimensions=mine, Period=86400, Statistics=["Maximum"],
        StartTime=now - timedelta(days=1), EndTime=now + timedelta(hours=1),
    )["Datapoints"]  # fmt: skip
    assert point["Maximum"] == pytest.approx(json.loads(document)["metrics"]["drift_distance_max"])


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", "the connection is refused"),
        ("AWS_REGION", "", "no AWS region is set"),
    ],
)
def test_metrics_that_do_not_reach_cloudwatch_fail_the_command_and_what_was_found_stands(
    tmp_path, cloudwatch, monkeypatch, variable, value, why
):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv(variable, value)
    found = told(tmp_path, metrics="cloudwatch", alerts={"stdout": False, "attempts": 1})
    shown = CliRunner().invoke(app, ["monitor", "--project", str(found.root), "--json", "--since", "2025-01-01"])
    document = json.loads(shown.stdout)
    assert (shown.exit_code, document["error"]["code"]) == (3, "metrics_not_sent")
    assert why in document["unpublished"]
    assert set(document["metrics"]) == NAMES


def test_a_store_in_s3_means_the_api_and_a_folder_does_not(tmp_path):
    found = project(tmp_path)
    places = {"local": {"store": ".modelyard"}, "dev": {"store": "s3://b/p", "tracking": "https://m.example.com"}}
    watched.settings(found.root, environments=places)
    ways = {env: _way(load(found.root, env)) for env in places}
    assert ways == {"local": "none", "dev": "cloudwatch"}
