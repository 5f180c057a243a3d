"""What `modelyard infra preview` says of a preview; the engine itself is played."""

import json
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from modelyard.cli.infra import _engine
from modelyard.cli.infra.preview import preview
from modelyard.infra import engine
from modelyard.infra.engine.results import LayerResult, Previewed

NOT_COMPARED = "Secret values were not compared"


@pytest.fixture
def called(monkeypatch):
    """Call the command over a preview with this many updates."""

    def call(*words, updates, compared):
        layers = (LayerResult(name="network", update=updates, same=4),)
        found = Previewed(layers=layers, secrets_compared=compared)
        monkeypatch.setattr(_engine, "request", lambda *_, **__: SimpleNamespace(env="dev"))
        monkeypatch.setattr(engine, "preview", lambda *_, **__: found)
        app = typer.Typer()
        app.command()(preview)
        return CliRunner().invoke(app, ["--env", "dev", *words])

    return call


def test_a_preview_without_secrets_says_so_in_one_line(called):
    lines = called(updates=0, compared=False).stdout.splitlines()
    assert len([line for line in lines if line.startswith(NOT_COMPARED)]) == 1
    assert NOT_COMPARED not in called(updates=0, compared=True).stdout


def test_in_json_it_is_a_key_of_its_own(called):
    for compared in (True, False):
        found = json.loads(called("--json", updates=0, compared=compared).stdout)
        assert (found["secrets_compared"], found["layers"][0]["same"]) == (compared, 4)


def test_drift_beside_secrets_that_were_not_compared_is_still_drift(called):
    drifted = called("--expect-no-changes", updates=1, compared=False)
    assert drifted.exit_code == 1
    assert NOT_COMPARED in drifted.stdout
    assert called("--expect-no-changes", updates=0, compared=False).exit_code == 0
