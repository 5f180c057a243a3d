import json
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.demo import tour as demo
from modelyard.demo.tour import tour
from modelyard.errors import OutsideError, RequestError

NAMES = [
    "scaffold", "contract", "train", "gate", "register", "serve", "drift", "performance", "retrain", "reject",
    "rollback", "promote", "report",
]  # fmt: skip


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def hollow(monkeypatch):
    """A tour whose steps do nothing: only their order and what is kept is at stake."""

    def scaffolded(stage):
        if stage.root.exists() and any(stage.root.iterdir()):
            raise RequestError(f"{stage.root} is not empty")
        stage.root.mkdir(parents=True, exist_ok=True)
        (stage.root / "modelyard.yaml").write_text(
            "name: flights\ntask: binary\ndata: {source: a.csv, target: late}\nevaluation: {metric: roc_auc}\n"
            "environments: {local: {store: .modelyard}}\n"
        )
        (stage.root / "report.html").write_text("<html>the page</html>")
        return "scaffolded"

    steps = {name: lambda stage: "done" for name in NAMES[:-1]} | {"scaffold": scaffolded}
    monkeypatch.setattr(demo, "_STEPS", steps)
    monkeypatch.setattr(demo, "write", lambda p, months: type("W", (), {"path": str(p.root / "report.html")}))
    return steps


def test_the_steps_come_in_the_promised_order_and_each_is_told_as_it_ends(hollow, temporary):
    told = []
    result = tour(None, say=lambda step: told.append(step.name))
    assert [s.name for s in result.steps] == NAMES == told
    assert result.failure() is None


def test_without_keep_only_the_report_stays(hollow, temporary):
    result = tour(None)
    kept = [p for p in temporary.rglob("*") if p.is_file()]
    assert [str(p) for p in kept] == [result.report]
    assert result.project is None


def test_with_keep_the_project_stays_and_nothing_else(hollow, temporary, tmp_path):
    result = tour(tmp_path / "kept")
    assert (result.project, result.report) == (str(tmp_path / "kept"), str(tmp_path / "kept" / "report.html"))
    assert list(temporary.iterdir()) == []


def test_a_step_that_fails_ends_the_loop_and_is_named(hollow, temporary):
    def failing(stage):
        raise OutsideError("The disk is full.")

    hollow["gate"] = failing
    result = tour(None)
    assert [s.name for s in result.steps] == ["scaffold", "contract", "train", "gate", "report"]
    failure = result.failure()
    assert failure.exit_code == 1
    assert "stopped at gate: The disk is full." in failure.message
    assert result.report in failure.hint


def test_an_interrupted_tour_leaves_nothing_behind(hollow, temporary):
    def interrupted(stage):
        raise KeyboardInterrupt

    hollow["gate"] = interrupted
    with pytest.raises(KeyboardInterrupt):
        tour(None)
    assert list(temporary.iterdir()) == []


def test_a_folder_that_holds_something_is_refused_untouched(temporary, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RequestError):
        tour(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert list(temporary.iterdir()) == []
    assert CliRunner().invoke(app, ["demo", "--keep", str(tmp_path), "--json"]).exit_code == 2


@pytest.mark.slow
def test_the_whole_tour_on_the_flights(tmp_path):
    done = CliRunner().invoke(app, ["demo", "--keep", str(tmp_path / "kept"), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert [s["name"] for s in said["steps"]] == NAMES
    assert all({"name", "seconds", "result"} == set(s) for s in said["steps"])
    assert (tmp_path / "kept" / "modelyard.yaml").is_file()
    assert "<html" in Path(said["report"]).read_text(encoding="utf-8")[:2000].lower()
