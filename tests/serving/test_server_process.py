"""The real process: what it imports, how it starts, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import httpx
import pytest
import yaml
from released import contract, frame, put, release, released, trained
from typer.testing import CliRunner

from modelyard.cli import app

pytestmark = pytest.mark.slow

ROW = {"a": 0.5, "b": "x", "n": 150}
SLOW = """
import time

def features(rows):
    time.sleep(0.8 if (rows["n"] == -7).any() else 0)
    return rows.with_columns(more=rows["a"])
"""
FORBIDDEN = ("sklearn", "mlflow", "copier", "scipy", "skl2onnx", "onnx", "optuna", "matplotlib", "modelyard.loop")
# a sitecustomize says at the end what the process had imported, and on how many threads polars computed
SITE = """
import atexit, json, os, sys

def tell():
    threads = sys.modules["polars"].thread_pool_size()
    with open(os.environ["TOLD"], "w") as told:
        json.dump({"modules": list(sys.modules), "threads": threads}, told)

atexit.register(tell)
"""


def project(folder):
    (folder / "modelyard.yaml").write_text(
        yaml.safe_dump(
            {
                "name": "t",
                "task": "binary",
                "data": {"source": "t", "target": "y"},
                "evaluation": {"metric": "log_loss"},
                "environments": {"local": {"store": "store"}},
            }
        )
    )


@contextmanager
def hearing_hangups():
    """Start processes that end at SIGHUP, though this one may run under `nohup`, which they would inherit."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def serving(folder):
    """Run `modelyard serve` on a free port; yield process and address."""
    project(folder)
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(SITE)
    env = {**os.environ, "PYTHONPATH": str(folder / "site"), "TOLD": str(folder / "told.json")}
    env.pop("POLARS_MAX_THREADS", None)
    command = [sys.executable, "-m", "modelyard.cli", "serve", "--port", "0", "--project", str(folder), "-q"]
    with (folder / "log").open("w") as log, hearing_hangups():
        process = subprocess.Popen(command, stderr=log, env=env)
    try:
        yield process, f"http://127.0.0.1:{listening(folder, process)}"
    finally:
        process.kill()
        process.wait()


def lines(folder):
    return [json.loads(line) for line in (folder / "log").read_text().splitlines() if line.endswith("}")]


def listening(folder, process):
    return wait(lambda: next((line["port"] for line in lines(folder) if line["event"] == "listening"), None), process)


def wait(found, process=None):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (value := found()) is not None:
            return value
        assert process is None or process.poll() is None
        time.sleep(0.05)
    raise AssertionError("waited for a minute in vain")


def ready(url, version):
    def found():
        answer = httpx.get(f"{url}/readyz")
        return answer if answer.json().get("version") == version else None

    return wait(found)


def test_it_starts_without_a_model_follows_the_first_one_and_imports_no_training_code(tmp_path):
    with serving(tmp_path) as (process, url):
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert httpx.post(f"{url}/predict", json=ROW).status_code == 503
        released(tmp_path)
        ready(url, 1)
        assert httpx.post(f"{url}/predict", json=ROW).json()["predictions"] == ["good"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    told = json.loads((tmp_path / "told.json").read_text())
    imported = told["modules"]
    assert "modelyard.serving.server" in imported
    assert [m for m in imported if m.startswith(FORBIDDEN) and m.split(".")[0] != "onnxruntime"] == []
    assert told["threads"] == 1  # more of them take longer over a few rows
    assert [line["event"] for line in lines(tmp_path)][-1] == "stopped"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_polite_end_answers_what_is_in_flight(tmp_path, ending):
    released(tmp_path, features=SLOW)
    with serving(tmp_path) as (process, url):
        ready(url, 1)
        answers = []
        body = json.dumps({"rows": [{**ROW, "n": -7}] * 2000})
        headers = {"content-type": "application/json"}
        ask = threading.Thread(
            target=lambda: answers.append(httpx.post(f"{url}/predict", content=body, headers=headers, timeout=30))
        )
        ask.start()
        time.sleep(0.4)
        process.send_signal(ending)
        ask.join()
        assert answers[0].status_code == 200
        assert len(answers[0].json()["predictions"]) == 2000
        assert process.wait(timeout=30) == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/healthz")


def test_no_request_fails_while_the_champion_changes(tmp_path):
    store = released(tmp_path)
    rows = frame()
    trained(tmp_path / "other", rows, estimator="forest")
    sha256 = put(store, tmp_path / "other", rows, contract(rows))
    with serving(tmp_path) as (_, url), httpx.Client(base_url=url) as client:
        ready(url, 1)
        seen = []
        release(store, 2, sha256)

        def switched():
            answer = client.post("/predict", json=ROW)
            seen.append((answer.status_code, answer.json()["version"]))
            return True if seen[-1][1] == 2 else None

        wait(switched)
        assert {status for status, _ in seen} == {200}
        assert [version for _, version in seen] == sorted(version for _, version in seen)


def test_a_body_of_twenty_megabytes_is_refused_with_words(tmp_path):
    released(tmp_path)
    with serving(tmp_path) as (_, url):
        ready(url, 1)
        headers = {"content-type": "application/json"}
        answer = httpx.post(f"{url}/predict", content=b" " * 20_000_000, headers=headers, timeout=30)
        assert answer.status_code == 413
        assert httpx.post(f"{url}/predict", json=ROW).status_code == 200


def test_a_taken_port_is_an_error_of_the_outside(tmp_path, monkeypatch):
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(app, ["serve", "--port", port])
    assert done.exit_code == 3
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("host", ["not an address", "x" * 300, "a..b"])
def test_an_address_that_is_none_is_an_error_of_the_request(host, tmp_path, monkeypatch):
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["serve", "--host", host]).exit_code == 2
