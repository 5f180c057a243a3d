"""MLflow's real server, installed and started as the platform's image does, over Postgres and S3."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

import boto3
import moto_aws
import pgserver
import pytest
import toolchain

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.registry.models import Registry
from modelyard.routing.document import Ref, Routing

pytestmark = pytest.mark.slow

IMAGE = Path(__file__).parents[2] / "stacks" / "registry" / "image"
SHA = "5e" * 32
ADMIN = "an admin's pass/word 1"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The variables of the task, with S3 and Postgres on this machine; the latter has a socket, which needs no TLS."""
    folder = tmp_path_factory.mktemp("registry")
    database = pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    with moto_aws.serving() as s3, database as postgres:
        keys = {"aws_access_key_id": "t", "aws_secret_access_key": "t", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=s3["AWS_ENDPOINT_URL"], **keys).create_bucket(Bucket="acme-store")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
        yield {
            **s3,
            "REGISTRY_USER": "postgres",
            "REGISTRY_PASSWORD": "a%b@c/d",
            "REGISTRY_DATABASE": "/postgres?host=" + postgres.get_uri().partition("host=")[2],
            "REGISTRY_ARTIFACTS": "s3://acme-store/_mlflow",
            "REGISTRY_HOSTS": f"127.0.0.1:{port}",
            "REGISTRY_PORT": port,
            "REGISTRY_WORKERS": "1",
            "REGISTRY_CONFIG": str(folder / "basic_auth.ini"),
            "MLFLOW_AUTH_ADMIN_PASSWORD": ADMIN,
            "MLFLOW_FLASK_SERVER_SECRET_KEY": "session",
            "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX": "^mlflow-artifacts:/.*|^s3://acme-store/",
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
            "HOME": str(folder),
        }


@pytest.fixture(scope="module")
def server(world, tmp_path_factory):
    """The URL of the server that the image's entry point starts."""
    programs = toolchain.installed("mlflow", _installed_by_the_image())
    log = tmp_path_factory.mktemp("log") / "server.log"
    world = {**world, "PATH": f"{programs}:{os.environ['PATH']}"}
    with log.open("w") as out:
        process = subprocess.Popen(
            [f"{programs}/python", IMAGE / "serve.py"], env=world, stdout=out, stderr=out, start_new_session=True
        )
    url = f"http://127.0.0.1:{world['REGISTRY_PORT']}"
    try:
        deadline = time.monotonic() + 300  # MLflow builds its tables, and those of its users
        while not _answers(url, process, log):
            assert time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.2)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _installed_by_the_image():
    """Return what the Dockerfile installs."""
    text = (IMAGE / "Dockerfile").read_text()
    version = re.search(r"ARG MLFLOW_VERSION=(\S+)", text)[1]
    (line,) = re.findall(r"pip install (.*)", text)
    return [one.replace("${MLFLOW_VERSION}", version) for one in re.findall(r'"([^"]+)"', line)]


def _answers(url, process, log):
    assert process.poll() is None, log.read_text()[-3000:]
    try:
        return urllib.request.urlopen(f"{url}/health", timeout=5).status == 200
    except OSError:
        return False


@pytest.fixture
def registry(server, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", ADMIN)
    return Registry.open(server, "churn", Store.open("store", tmp_path))


def test_runs_versions_aliases_and_files_go_through_the_server(registry, world, tmp_path, capfd):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "gate.json").write_text("{}")
    run_id = registry.track("k", params={"a": 1}, metrics={"roc_auc": 0.75}, tags={}, folder=tmp_path / "files")
    made = registry.register("k", SHA, run_id, {"verdict": "passed"})
    assert (made.version, made.metrics, made.tags) == (1, {"roc_auc": 0.75}, {"verdict": "passed"})
    assert registry.register("k", SHA, run_id, {"verdict": "passed"}).version == 1
    routing = Routing(champion=Ref(version=1, sha256=SHA))
    assert (registry.sync(routing), registry.sync(routing)) == (["champion"], [])
    assert registry.get(1).state == "champion"
    assert registry.file(run_id, "gate.json") == b"{}"
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    listed = boto3.client("s3", endpoint_url=world["AWS_ENDPOINT_URL"], **keys).list_objects_v2(Bucket="acme-store")
    assert any(one["Key"].startswith("_mlflow/") and one["Key"].endswith("gate.json") for one in listed["Contents"])
    assert capfd.readouterr().out == ""  # stdout is for one document of ours


@pytest.mark.parametrize("password", ["wrong/word", ""])
def test_a_wrong_password_is_refused_and_not_shown(server, tmp_path, monkeypatch, password):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", password)
    with pytest.raises(OutsideError, match="registry") as refused:
        Registry.open(server, "churn", Store.open("store", tmp_path)).versions()
    assert "wrong/word" not in str(refused.value)


def test_another_host_name_and_a_source_elsewhere_are_refused(registry, server):
    request = urllib.request.Request(f"{server}/api/2.0/mlflow/experiments/get?experiment_id=0")
    request.add_header("Host", "evil.example.com")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
    body = b'{"name": "churn", "source": "https://evil.example.com/model"}'
    request = urllib.request.Request(f"{server}/api/2.0/mlflow/model-versions/create", body)
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", "Basic " + b64encode(f"admin:{ADMIN}".encode()).decode())
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400
