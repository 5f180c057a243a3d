"""Projects that are ready to run, with a registry whose tables are there already (MLflow makes them in seconds)."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import crashing
import projects

from modelyard.loop.run import RunRequest, run


@pytest.fixture
def project(blank, tmp_path):
    """Make a project: `project(task="regression", training__seed=1)`; `at` names its folder."""

    def make(at="project", **changes):
        root = tmp_path / at
        made = projects.make(root, **changes)
        for store in (".modelyard", "prod-store"):
            (root / store).mkdir()
            shutil.copy(blank, root / store / "mlflow.db")
        return made

    return make


@pytest.fixture(scope="session")
def untouched(blank, tmp_path_factory):
    """A project in which nothing was run."""
    root = tmp_path_factory.mktemp("untouched") / "project"
    projects.make(root)
    (root / ".modelyard").mkdir()
    shutil.copy(blank, root / ".modelyard" / "mlflow.db")
    return root


@pytest.fixture(scope="session")
def judged(untouched, tmp_path_factory):
    """The same project, run up to its gate."""
    root = tmp_path_factory.mktemp("judged") / "project"
    shutil.copytree(untouched, root)
    run(projects.edit(root), RunRequest(stages=("gate",)))
    return root


@pytest.fixture(scope="session")
def undisturbed(untouched, tmp_path_factory):
    """What is left by a run that nobody disturbed, and the writes that it made."""
    root = tmp_path_factory.mktemp("undisturbed") / "project"
    shutil.copytree(untouched, root)
    code, writes = crashing.in_child(root)
    assert code == 0
    return crashing.state(root), writes
