"""release.yml without an image: a version of the model goes on by itself, and meets the champions on its way."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from acting import commit
from events import by_hand

sys.path.insert(0, str(Path(__file__).parents[1] / "smoke"))
sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))

import smoked

from modelyard.data.store import Store
from modelyard.routing import read

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # the first of them makes and locks the project
BLIND = """\
import polars as pl


def features(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(80.0).alias("distance"), pl.lit(5.0).alias("weight"))
"""
QUICK = {
    "steps": [50, 100], "hold_s": 1, "every_s": 0.5, "min_rows": 100, "min_latency_rows": 100, "max_step_s": 120,
    "p99_ms": 5000, "slower": 50,
}  # fmt: skip


@pytest.fixture(scope="module")
def project(made, tmp_path_factory):
    """Version 1 serves in dev and staging and knows little; version 2 waits in dev."""
    stores = tmp_path_factory.mktemp("stores")
    project = Path(shutil.copytree(made("own"), stores / "flights", symlinks=True))
    config = yaml.safe_load((project / "modelyard.yaml").read_text())
    environments = ("dev", "staging", "prod")
    config["environments"] = {"local": {}} | {env: {"store": str(stores / env)} for env in environments}
    config |= {"release": QUICK, "gate": {**config.get("gate", {}), "latency_ms": 5000}}
    (project / "modelyard.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    features = project / "src" / "pipeline" / "features.py"
    seeing = features.read_text()
    features.write_text(BLIND)
    _train(project)
    shutil.copytree(stores / "dev", stores / "staging")
    features.write_text(seeing)
    _train(project)
    shutil.rmtree(project / ".modelyard", ignore_errors=True)
    commit(project, "Two versions")
    return project


def _train(project):
    command = [sys.executable, "-m", "modelyard.cli", "run", "--env", "dev"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def urls(project):
    """The servers of both environments."""
    with (
        smoked.serving(project, MODELYARD_ENV="dev") as dev,
        smoked.serving(project, MODELYARD_ENV="staging") as staging,
    ):
        smoked.ready(dev)
        smoked.ready(staging)
        yield {"dev": dev, "staging": staging}


def _run(act, project, urls, version, *, judged):
    """Release a version through the environments in `urls`; the judge asks the server of `judged`."""
    variables = {}
    for env, url in urls.items():
        facts = {"LOOP_ROLE": f"arn:aws:iam::123456789012:role/{env}", "REGION": "eu-central-1", "SERVICE_URL": url}
        variables |= {f"MODELYARD_{name}_{env.upper()}": value for name, value in facts.items()}
    environment = {"MODELYARD_SERVERS": urls[judged]}
    return act(
        project, "release", "workflow_dispatch", payload=by_hand(version=version), variables=variables,
        environment=environment, timeout=400,
    )  # fmt: skip


def _champion(project, env):
    found = yaml.safe_load((project / "modelyard.yaml").read_text())["environments"][env]["store"]
    return read(Store.open(found, project)).champion


def test_a_version_goes_from_one_environment_to_the_next(act, project, urls):
    first = _run(act, project, {"dev": urls["dev"]}, "2", judged="dev")
    assert first.passed, str(first)
    assert {name: job.result for name, job in first.jobs.items() if job.result != "skipped"} == {"dev": "success"}
    assert first.jobs["dev"].step("Deploy").result == "skipped"
    assert first.jobs["dev"].step("Release against the champion").result == "success"
    assert "promoted" in first.jobs["dev"].summary
    assert _champion(project, "dev").version == 2

    second = _run(act, project, urls, "2", judged="staging")
    assert second.passed, str(second)
    assert second.jobs["dev"].step("Release against the champion").result == "skipped"  # it serves there already
    assert second.jobs["staging"].step("Copy the version from dev").result == "success"
    assert second.jobs["staging"].step("Release against the champion").result == "success"
    assert _champion(project, "staging").sha256 == _champion(project, "dev").sha256
    assert second.jobs["prod"].result == "skipped"

    worse = _run(act, project, urls, "1", judged="staging")
    assert worse.failed == {"staging": ["Copy the version from dev"]}, str(worse)
    assert "gate" in worse.jobs["staging"].summary
    assert _champion(project, "staging").sha256 == _champion(project, "dev").sha256
