"""What follows a retraining: its release with servers that are played, and the next plain run on the old source."""

import json
import shlex
import shutil
import sys
from pathlib import Path

import pytest
import retraining_project as world
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "release"))

from releasing import FAST, Played, agree

from modelyard import config
from modelyard.cli import app
from modelyard.errors import RequestError
from modelyard.loop.run import RunRequest, run
from modelyard.monitoring.retrain import retrain
from modelyard.monitoring.retraining import ledger
from modelyard.release import controller, detached
from modelyard.routing import document

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def grown(tmp_path_factory, blank):
    """A project that is divided by time, and whose champion has answered twice as many rows as it was trained on."""
    root = tmp_path_factory.mktemp("grown") / "project"
    made = world.made(root, blank, split={"by": "time", "test": 0.4, "validation": 0.2}, retrain={"release": True})
    world.serve(world.projects.edit(made.root, **FAST), rows=1200)
    return root


@pytest.fixture
def project(grown, tmp_path):
    shutil.copytree(grown, tmp_path / "project é")
    return config.load(tmp_path / "project é")


class Detached:
    """Stands in for the process of its own that walks a release; what it does is done here, when a test says so."""

    def __init__(self, monkeypatch):
        self.begun = []
        monkeypatch.setattr(detached, "begin", lambda context, release: self.begun.append((context, release)))
        monkeypatch.setattr(controller.Servers, "of", classmethod(lambda cls, context: Played()))

    def walk(self, *says):
        context, release = self.begun.pop()
        return controller.control(context.project, release.holder, watch=Played(*says))


def test_a_retraining_passes_the_gate_is_released_and_promoted_and_then_the_old_source_ends_too_early(
    project, monkeypatch
):
    walker = Detached(monkeypatch)
    result = retrain(project, ["drift of size"], as_of=world.later(begin=world.ROWS + 1200))
    assert (result.state, result.reason, result.version, result.gate) == ("releasing", "released", 2, "passed")
    routing = document.read(world.store_of(project))
    assert (routing.release.id, routing.release.state, routing.champion.version) == (result.release, "running", 1)
    assert ledger.read(world.store_of(project)).current is None
    busy = retrain(project, [], as_of=world.later(begin=world.ROWS + 1200))
    assert (busy.state, busy.reason) == ("refused", "release_running")
    assert walker.walk("hold", "advance").state == "promoted"
    assert agree(project).champion.version == 2
    over(project)


def over(project):
    """A plain run ends before the champion's test part begins; the error names a command, and that command works."""
    with pytest.raises(RequestError) as error:
        run(project, RunRequest())
    assert error.value.code == "before_cutoff"
    assert "version 2 was trained on data/table.parquet + 1200 labelled captures to " in error.value.message
    command = shlex.split(error.value.hint.split("`")[1])
    assert command[:3] == ["modelyard", "run", "--data"]
    (project.root / "src/pipeline/features.py").write_text(world.projects.LESS_SIGNAL)
    shown = CliRunner().invoke(app, [*command[1:], "--project", str(project.root), "--json"])
    told = json.loads(shown.stdout)
    assert (shown.exit_code, told["version"], told["gate"]["verdict"]) == (0, 3, "passed"), told


def test_a_retrained_version_that_fails_its_canary_is_rolled_back_and_the_cooldown_holds(project, monkeypatch):
    walker = Detached(monkeypatch)
    assert retrain(project, [], as_of=world.later(begin=world.ROWS + 1200)).state == "releasing"
    assert walker.walk("advance", "roll_back").state == "rolled_back"
    assert agree(project).champion.version == 1
    again = retrain(project, [], as_of=world.later(begin=world.ROWS + 1200))
    assert (again.state, again.reason) == ("refused", "cooldown")
    assert run(project, RunRequest()).failure() is None  # the old source still reaches over the old champion's cutoff
