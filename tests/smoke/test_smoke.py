"""`modelyard smoke` against the project's own server."""

import json

import pytest
from smoked import asked, found, project, released, serving
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.errors import RequestError

pytestmark = pytest.mark.slow  # real servers, real seconds of load
NAMES = ["alive", "auth", "model", "version", "golden", "refusal", "errors", "p99"]


def test_a_good_service_passes_every_check(folder, url):
    result = asked(folder, url)
    assert result.passed, result
    assert [check.name for check in result.checks] == NAMES
    assert all(check.passed for check in result.checks)
    assert found(result)["golden"].found == "0 scores and 0 labels of 200 rows differ"
    assert 0 < result.p50_ms <= result.p99_ms
    assert 0 < result.rps <= 21


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_other_tasks_are_compared_too(tmp_path, task):
    project(tmp_path, task=task)
    with serving(tmp_path) as url:
        result = asked(tmp_path, url, load_s=0)
    assert result.passed, result
    assert found(result)["golden"].passed
    assert (result.rps, result.p99_ms) == (None, None)


def test_before_the_first_model_a_service_passes_and_says_what_was_left_out(empty):
    folder, url = empty
    result = asked(folder, url)
    assert result.passed
    assert found(result)["alive"].passed
    model = found(result)["model"]
    assert model.passed is None
    assert "no model is released" in model.found
    assert [check.passed for check in result.checks[3:]] == [None, None, None]
    assert result.rps is None


def test_a_model_that_the_store_has_and_the_service_has_not_fails(empty, folder):
    _, url = empty
    result = asked(folder, url, wait_s=0.5)
    assert not result.passed
    assert "No model" in found(result)["model"].found


def test_a_service_of_another_version_fails(folder, url, tmp_path):
    project(tmp_path, release=False)
    released(tmp_path, version=7, estimator="boosting")
    result = asked(tmp_path, url, wait_s=0.5)
    assert not result.passed
    assert found(result)["version"].passed is False
    assert "version 1 answers" in found(result)["golden"].found


def test_a_token_is_asked_for_and_used(tmp_path, monkeypatch):
    project(tmp_path, auth="token")
    with serving(tmp_path, MODELYARD_TOKEN="right") as url:
        with pytest.raises(RequestError, match="MODELYARD_TOKEN is not set"):
            asked(tmp_path, url)
        monkeypatch.setenv("MODELYARD_TOKEN", "right")
        result = asked(tmp_path, url)
        assert result.passed, result
        monkeypatch.setenv("MODELYARD_TOKEN", "other")
        wrong = asked(tmp_path, url)
    assert not wrong.passed
    assert "is refused" in found(wrong)["auth"].found
    assert "right" not in wrong.model_dump_json()


def test_a_service_that_should_ask_for_a_token_and_does_not_fails(folder, url, tmp_path, monkeypatch):
    document = (folder / "modelyard.yaml").read_text().replace("auth: none", "auth: token")
    (tmp_path / "modelyard.yaml").write_text(document.replace("store: store", f"store: {folder / 'store'}"))
    monkeypatch.setenv("MODELYARD_TOKEN", "any")
    result = asked(tmp_path, url)
    assert not result.passed
    assert "nobody gets" in found(result)["auth"].found


def test_the_command_prints_one_document_and_exits_by_the_result(folder, url, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MODELYARD_SERVICE_URL", f"{url}/")
    good = CliRunner().invoke(app, ["smoke", "--env", "dev", "--load", "0.2", "--json"])
    assert good.exit_code == 0, good.output
    document = json.loads(good.stdout)
    assert set(document) == {"passed", "checks", "rps", "p50_ms", "p99_ms"}
    assert set(document["checks"][0]) == {"name", "passed", "found", "need"}
    assert good.stderr == ""
    monkeypatch.setenv("MODELYARD_SERVICE_URL_DEV", "http://127.0.0.1:9")
    bad = CliRunner().invoke(app, ["smoke", "--env", "dev", "--wait", "0", "--json"])
    assert (bad.exit_code, json.loads(bad.stdout)["error"]["code"]) == (3, "no_answer")


@pytest.mark.parametrize(
    "address",
    [
        "churn.example.com",
        "ftp://churn",
        "http://",
        "http://u:secret@host/x",
        "http://host:port",
        "http://h/x?a=1",
        "http://h o/x",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_a_password(folder, monkeypatch, address):
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, ["smoke", "--url", address])
    assert result.exit_code == 2
    assert "secret" not in result.output
