"""Tables of different kinds go through `new`, `data check`, `run` and their own tests, untouched."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import kinds
import numpy as np
import polars as pl
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(call, blank, tmp_path_factory):
    """Return a project of the kind, and what `new` said; each is made once."""
    known = {}

    def make(name):
        if name not in known:
            folder = tmp_path_factory.mktemp("table")
            kind = kinds.KINDS[name]
            source = folder / kind.file
            kind.write(source)
            project = folder / "a project"
            code, said = call("new", project, "--data", source, "--target", kind.target, "--no-lock", "--no-git")
            assert code == 0, said
            (project / ".modelyard").mkdir()
            shutil.copy(blank, project / ".modelyard" / "mlflow.db")
            known[name] = source, project, said
        return known[name]

    return make


@pytest.mark.parametrize("name", kinds.KINDS)
def test_what_new_decides_is_what_a_person_would(made, name):
    kind = kinds.KINDS[name]
    _, _, said = made(name)
    roles = {column["name"]: column["role"] for column in said["columns"]}
    assert (said["task"], said["metric"]["name"], said["split"]["by"]) == (kind.task, kind.metric, kind.split)
    assert roles[kind.target] == "target"
    assert {column: roles[column] for column in kind.roles} == kind.roles


@pytest.mark.parametrize("name", kinds.KINDS)
def test_the_table_keeps_its_own_contract(made, call, name):
    source, project, _ = made(name)
    code, said = call("data", "check", "--project", project, "--data", source)
    assert code == 0, said
    assert {v["rule"] for v in said["violations"]} <= {"type"}  # strays that were accepted are counted


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_run_trains_gates_and_registers_a_model(made, call, name):
    _, project, _ = made(name)
    code, said = call("run", "--project", project)
    assert code == 0, said
    assert said["gate"]["verdict"] in {"passed", "inconclusive"}  # a first model may be let in with few rows
    assert said["version"] == 1


@pytest.mark.parametrize("name", ["dates", "odd names", "only strings", "wide"])
def test_the_projects_own_tests_pass(made, name):
    _, project, _ = made(name)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    env = {**os.environ, "PYTHONPATH": "src"}
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stdout


def test_a_million_rows_stay_within_four_gigabytes(tmp_path, blank):
    rng = np.random.default_rng(0)
    columns = {f"x{i}": rng.normal(size=1_000_000).round(3) for i in range(8)}
    y = (columns["x0"] + rng.normal(size=1_000_000) > 0).astype(int)
    pl.DataFrame({**columns, "shop": rng.integers(0, 40, 1_000_000), "y": y}).write_csv(tmp_path / "t.csv")
    project = tmp_path / "big"
    tool = [Path(sys.executable).with_name("modelyard")]
    subprocess.run(
        [*tool, "new", project, "--data", tmp_path / "t.csv", "--target", "y", "--no-lock", "--no-git", "--quiet"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (project / ".modelyard").mkdir()
    shutil.copy(blank, project / ".modelyard" / "mlflow.db")
    done = subprocess.run([*tool, "run", "--json"], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 4 * 2**20  # kilobytes
