"""Runs workflows of generated projects: each kind of project made and locked once for all tests, copied by each."""

import fcntl
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orders
import pytest
from acting import REPOSITORY, Actor, warm
from at_github import AtGitHub, serving_github

_UV = str(Path(sys.executable).parent / "uv")


@pytest.fixture
def act(tmp_path: Path) -> Actor:
    """Return what runs workflows, in folders of this test."""
    return Actor(tmp_path / "act")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable:
    """Return a function `(name, make)` that gives what `make(folder)` made, the first time, for all workers."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def give(name: str, make: Callable[[Path], object]) -> object:
        folder, kept = shared / f"once-{name}", shared / f"once-{name}.pickle"
        with (shared / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed at it
                folder.mkdir()
                kept.write_bytes(pickle.dumps(make(folder)))
        return pickle.loads(kept.read_bytes())

    return give


@pytest.fixture(scope="session")
def made(once: Callable) -> Callable[[str], Path]:
    """Return a function that gives the project of a platform (none, own, shared), made and locked once."""

    def make(platform: str) -> Path:
        return once(platform, lambda folder: _new(folder, platform))

    return make


@pytest.fixture
def project(made: Callable[[str], Path], tmp_path: Path) -> Path:
    """Return a project without a platform, to be changed and committed to."""
    return Path(shutil.copytree(made("none"), tmp_path / "flights", symlinks=True))


@pytest.fixture
def platform_project(made: Callable[[str], Path], tmp_path: Path) -> Path:
    """Return a project with a platform of its own, to be changed and committed to."""
    return Path(shutil.copytree(made("own"), tmp_path / "flights", symlinks=True))


@pytest.fixture
def github() -> Iterator[AtGitHub]:
    """Yield a GitHub of this test."""
    with serving_github() as found:
        yield found


def _new(folder: Path, platform: str) -> Path:
    project = folder / "flights"
    source = orders.write(folder, orders.table())
    command = [sys.executable, "-m", "modelyard.cli", "new", str(project), "--data", source, "--target", "late"]
    _run(folder, *command, "--platform", platform, "--github", REPOSITORY, "--estimator", "linear", "--yes", "--quiet")
    groups = [] if platform == "none" else ["--group", "infra"]
    _run(project, _UV, "venv", "--quiet", "--relocatable", "--python", sys.executable, ".venv")
    _run(project, _UV, "sync", "--quiet", "--locked", *groups)
    program = str(project / ".venv" / "bin" / "modelyard")
    _run(project, program, "run", "--sample")  # compiles what jobs import, once
    _run(project, str(project / ".venv" / "bin" / "pytest"))
    for command in (["github", "comment", "--help"], ["infra", "plan", "--env", "dev"] if groups else ["--version"]):
        _run(project, program, *command)
    warm(project, (project / ".venv").rename(folder / "environment"))
    return project


def _run(folder: Path, *command: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "UV_PROJECT"))}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
