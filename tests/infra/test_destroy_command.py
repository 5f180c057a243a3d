"""What `modelyard infra destroy` says once everything is deleted; the engine itself is played."""

import json
from types import SimpleNamespace

import platforms
import typer
from typer.testing import CliRunner

from modelyard.cli.infra import _engine
from modelyard.cli.infra.destroy import destroy
from modelyard.infra import engine
from modelyard.infra.engine.results import LayerResult, Outcome


def test_what_was_deleted_is_told_also_when_the_search_for_what_is_left_fails(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    asked = SimpleNamespace(env="dev", layers=(), platform=platforms.platform())
    monkeypatch.setattr(_engine, "request", lambda *_, **__: asked)
    monkeypatch.setattr(engine, "destroy", lambda *_, **__: Outcome(layers=(LayerResult(name="network", delete=9),)))
    app = typer.Typer()
    app.command()(destroy)
    done = CliRunner().invoke(app, ["--env", "dev", "--yes", "--json"])
    found = json.loads(done.stdout)
    assert (done.exit_code, found["layers"][0]["delete"], found["error"]["code"]) == (3, 9, "no_network")
    assert found["error"]["message"].startswith("dev is deleted; ")
    assert "`modelyard infra leftovers --env dev`" in found["error"]["hint"]
