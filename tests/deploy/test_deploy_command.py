"""`modelyard deploy` as it is typed: its document, its exit codes, and what Ctrl-C leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time

import boto3
import played_ecs as clouds
import pytest
import yaml
from platforms import SMALLEST
from typer.testing import CliRunner

from modelyard.cli import app

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    """A project with a platform."""
    document = {
        "name": "churn",
        "task": "binary",
        "data": {"source": "t", "target": "y"},
        "evaluation": {"metric": "log_loss"},
        "environments": {"local": {}, "dev": {"store": "s3://acme/churn", "tracking": "https://mlflow"}},
    }
    (tmp_path / "modelyard.yaml").write_text(yaml.safe_dump(document))
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "platform.yaml").write_text(yaml.safe_dump(SMALLEST))
    return tmp_path


def typed(folder, *words):
    """Run the command; return its exit code, its document and what it said beside."""
    words = ("deploy", "--project", str(folder), "--every", "0.01", "--json", *words)
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, json.loads(done.stdout), done.stderr


def test_a_deployment_is_told_while_it_goes_and_as_one_document_at_its_end(folder, push):
    push("one")
    code, document, beside = typed(folder, "--image", "one", "--env", "dev")
    assert code == 0
    assert set(document) == {"state", "image", "previous", "reason"}
    assert document["state"] == "completed"
    assert "10 % of the traffic" in beside


def test_one_that_was_rolled_back_exits_1_with_the_document_and_the_reason(folder, push, made):
    push("one")
    assert typed(folder, "--image", "one", "--env", "dev")[0] == 0
    push("two")
    made.course = clouds.BY_ALARM
    code, document, _ = typed(folder, "--image", "two", "--env", "dev")
    assert (code, document["state"], document["error"]["code"]) == (1, "rolled_back", "deploy_rolled_back")
    assert "churn-dev-errors" in document["reason"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--image", "one"), "no_platform"),
        (("--image", "one", "--env", "prod"), "no_environment"),
        (("--env", "dev"), "usage"),
    ],
)
def test_a_wrong_request_exits_2(folder, words, code):
    status, document, _ = typed(folder, *words)
    assert (status, document["error"]["code"]) == (2, code)


def test_a_project_without_a_platform_exits_2_and_says_what_to_write(folder):
    (folder / "infra" / "platform.yaml").unlink()
    status, document, _ = typed(folder, "--image", "one", "--env", "dev")
    assert (status, document["error"]["code"]) == (2, "no_platform")
    assert "platform.yaml" in document["error"]["hint"]


def test_aws_that_is_away_exits_3(folder, monkeypatch, cloud):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it remembers the credentials of earlier tests
    status, document, _ = typed(folder, "--image", "one", "--env", "dev")
    assert (status, document["error"]["code"]) == (3, "no_credentials")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_the_deployment_running_and_the_same_command_takes_up_waiting(folder, push, made, number):
    push("one")
    push("two")
    assert typed(folder, "--image", "one", "--env", "dev")[0] == 0
    made.course = [clouds.TO_THE_END[2]] * 10_000
    command = [sys.executable, "-m", "modelyard.cli", "deploy", "--image", "two", "--env", "dev", "--every", "0.05"]
    process = subprocess.Popen(
        [*command, "--json", "--project", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
    )  # fmt: skip
    looked = made.count("DescribeServiceDeployments")
    deadline = time.monotonic() + 120
    while made.count("DescribeServiceDeployments") < looked + 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    error = json.loads(out)["error"]
    assert (process.returncode, error["code"]) == (130, "interrupted")
    assert "goes on at AWS" in error["message"]
    assert "aws ecs list-service-deployments" in error["hint"]
    made.deployments[-1]["course"] = list(clouds.TO_THE_END[3:])
    updates = made.count("UpdateService")
    code, document, beside = typed(folder, "--image", "two", "--env", "dev")
    assert (code, document["state"], made.count("UpdateService")) == (0, "completed", updates)
    assert "deployed already" in beside
