import json
import socket
import threading
from datetime import datetime, timedelta

import pytest
import standin
import watched
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.data.store import Store
from modelyard.monitoring import MonitorRequest, monitor, requests
from modelyard.routing import audit

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 1, 12)
METRICS = """# TYPE modelyard_requests_total counter
modelyard_requests_total{route="/predict",status="200",version="1",role="champion"} 97
modelyard_requests_total{route="/predict",status="500",version="1",role="champion"} 3
modelyard_requests_total{route="/healthz",status="500",version="",role=""} 50
modelyard_request_seconds_bucket{version="1",role="champion",le="0.01"} 90
modelyard_request_seconds_bucket{version="1",role="champion",le="0.25"} 100
modelyard_request_seconds_bucket{version="1",role="champion",le="+Inf"} 100
"""


def served(tmp_path, **more):
    found = watched.project(tmp_path / "p", **more)
    watched.serve(found, watched.inputs(300, 21, begin=56), received=NOW - timedelta(hours=1))
    return found


def checks(found, as_of=NOW):
    return {check.name: check for check in monitor(found, MonitorRequest(as_of=as_of)).service.checks}


def test_a_service_that_fares_well_has_no_alert(tmp_path):
    result = monitor(served(tmp_path), MonitorRequest(as_of=NOW))
    assert not result.service.alert
    assert result.alerts == []


def test_no_traffic_is_told(tmp_path):
    found = served(tmp_path)
    assert not checks(found)["no_traffic"].alert
    quiet = checks(found, NOW + timedelta(days=3))["no_traffic"]
    assert quiet.alert
    assert quiet.value == pytest.approx(73)


def test_predictions_that_were_never_captured_are_counted(tmp_path):
    found = served(tmp_path)
    watched.serve(found, watched.inputs(10, 1, begin=60), boot="gap", first=0)
    watched.serve(found, watched.inputs(10, 1, begin=61), boot="gap", first=30)
    loss = checks(found)["capture_loss"]
    assert loss.alert
    assert loss.says.startswith("20 of 340")


def test_old_events_are_stale_where_a_limit_is_set(tmp_path):
    assert not checks(served(tmp_path))["stale_data"].alert
    strict = checks(served(tmp_path / "strict", data_age_h=24))["stale_data"]
    assert strict.alert


def test_a_failed_gate_is_told_until_something_is_registered(tmp_path):
    found = served(tmp_path)
    now = datetime.now()
    place = watched.store_of(found)
    audit.append(place, action="judged", subject="rows", why="failed", generation=1)
    assert "failed" in checks(found, now)["failed_job"].says
    assert checks(found, now)["failed_job"].alert
    audit.append(place, action="registered", subject="v2", why="", generation=2)
    assert not checks(found, now)["failed_job"].alert


def test_errors_and_latency_come_from_the_servers(tmp_path):
    with standin.serving(standin.Standin((200, {}, METRICS.encode()))) as url:
        found = served(tmp_path, servers=[url])
        first = checks(found)
        assert first["errors"].alert
        assert (first["errors"].value, first["latency"].value) == (0.03, 250)
        assert first["latency"].alert
        again = checks(found)
    assert (again["errors"].value, again["errors"].alert) == (None, False)  # nothing was asked since
    assert f"1 of 1 servers did not answer: {url}/metrics did not answer" in checks(found)["errors"].says


def test_servers_that_ask_for_a_token_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MODELYARD_TOKEN", "hidden")
    answers = standin.Standin((200, {}, METRICS.encode()))
    with standin.serving(answers) as url:
        assert requests.ask([url], Store.open("store", tmp_path), "hidden").requests == 100
        assert checks(served(tmp_path, servers=[url]))["errors"].value == 0.03
    assert [headers["authorization"] for *_, headers in answers.asked] == ["Bearer hidden"] * 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {}, b"{}"), "answered 401"),
        ((200, {}, b"<html>a balancer</html>"), "has no metric of a server of modelyard"),
        ((302, {"location": "/elsewhere"}, b""), "answered 302"),
    ],
)
def test_a_page_that_is_no_servers_is_told_and_counted_as_nothing(tmp_path, answer, said):
    store = Store.open("store", tmp_path)
    answers = standin.Standin((200, {}, METRICS.encode()))
    answers.answers = [answers.default, answer]
    with standin.serving(answers) as url:
        told = [requests.ask([url], store) for _ in range(3)]
    assert [one.requests for one in told] == [100, 0, 0]
    assert said in told[1].silent[0]
    assert not told[2].silent


def test_a_port_that_speaks_no_http_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(target=lambda: other.accept()[0].sendall(b"SSH-2.0-other\r\n"), daemon=True).start()
        told = requests.ask([f"http://127.0.0.1:{other.getsockname()[1]}"], Store.open("store", tmp_path))
    assert "did not answer" in told.silent[0]


def test_a_server_that_began_anew_is_counted_from_nothing():
    before = requests.read(METRICS)
    after = requests.Totals(requests=10, errors=1, buckets={"inf": 10})
    assert after.since(before) == after
    assert requests.quantile({}, 0.99) is None
    assert requests.read("modelyard_requests_total nonsense\n{{{").requests == 0


def run(found, *options):
    return CliRunner().invoke(app, ["monitor", "--project", str(found.root), "--json", *options])


def test_the_command_exits_1_on_drift_only_where_that_is_asked_for(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(1000, 21, begin=56, shift=2), received=datetime.now())
    calm, strict = run(found), run(found, "--fail-on-drift")
    assert (calm.exit_code, strict.exit_code) == (0, 1)
    document = json.loads(strict.stdout)
    assert document["error"]["code"] == "drift"
    assert set(json.loads(calm.stdout)) >= {"window", "rows", "drift", "performance", "service", "alerts", "retrain"}
    assert set(document["drift"]["columns"][0]) >= {"name", "psi", "ks", "missing", "alert"}


def test_the_command_refuses_a_time_that_is_none(tmp_path):
    found = watched.project(tmp_path / "p")
    assert run(found, "--since", "yesterday").exit_code == 2
    assert run(found, "--since", "2025-03-02", "--until", "2025-03-01").exit_code == 2
    assert run(found).exit_code == 0


def test_the_command_is_laid_out_for_people(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(1000, 21, begin=56, shift=2), received=datetime.now())
    shown = CliRunner().invoke(app, ["monitor", "--project", str(found.root)])
    assert "! x" in shown.stdout
    assert "differ from training" in shown.stdout


def test_feedback_answers_with_the_documented_keys(tmp_path):
    found = watched.project(tmp_path / "p")
    watched.serve(found, watched.inputs(3, 1, begin=56))
    (found.root / "l.csv").write_text("request_id,y\nboot1-0,yes\nboot1-9,no\n")
    command = ["feedback", "--project", str(found.root), "--labels", "l.csv", "--json"]
    shown = CliRunner().invoke(app, command)
    document = json.loads(shown.stdout)
    assert (document["matched"], document["unmatched"]) == (1, 1)
    assert document["window"]["since"] == "2025-02-26T00:00:00"
    assert "added" in CliRunner().invoke(app, command[:-1]).stdout
    bad = CliRunner().invoke(app, [*command[:4], str(tmp_path / "none.csv"), "--json"])
    assert bad.exit_code == 2
