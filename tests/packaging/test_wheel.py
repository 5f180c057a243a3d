"""The wheel alone, in clean environments: what users install, without the checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = str(Path(sys.executable).parent / "uv")

pytestmark = pytest.mark.slow


def run(*command, cwd, check=True):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "UV_PROJECT"))}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--quiet", "--wheel", "--out-dir", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


def environment(folder, requirement):
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=folder)
    run(UV, "pip", "install", "--quiet", "--python", folder / "env" / "bin" / "python", requirement, cwd=folder)
    return folder / "env" / "bin"


def test_the_light_core_scaffolds_and_checks_without_the_heavy_libraries(wheel, tmp_path):
    tools = environment(tmp_path, wheel)
    absent = (
        "import importlib.util as u; print([n for n in ('sklearn', 'pulumi', 'mlflow', 'numpy') if u.find_spec(n)])"
    )
    assert run(tools / "python", "-c", absent, cwd=tmp_path).stdout.strip() == "[]"
    run(tools / "modelyard", "new", "flights", "--no-lock", "--json", cwd=tmp_path)
    checked = run(tools / "modelyard", "data", "check", "--json", cwd=tmp_path / "flights")
    assert json.loads(checked.stdout)["passed"]
    refused = run(tools / "modelyard", "run", "--json", cwd=tmp_path / "flights", check=False)
    assert refused.returncode == 2
    assert "modelyard[ml]" in json.loads(refused.stdout)["error"]["hint"]


def test_with_the_extra_ml_it_does_the_whole_job_without_the_checkout(wheel, tmp_path):
    tools = environment(tmp_path, f"modelyard[ml] @ {wheel.as_uri()}")
    run(tools / "modelyard", "new", "wine", "--data", "sklearn:wine", "--no-lock", "--json", cwd=tmp_path)
    project = tmp_path / "wine"
    done = json.loads(run(tools / "modelyard", "run", "--json", cwd=project).stdout)
    assert done["version"] == 1
    assert Path(json.loads(run(tools / "modelyard", "report", "--json", cwd=project).stdout)["path"]).is_file()


def test_it_runs_as_a_tool_that_is_not_installed(wheel, tmp_path):
    run(UV, "tool", "run", "--from", wheel, "modelyard", "new", "flights", "--no-lock", "--quiet", cwd=tmp_path)
    assert (tmp_path / "flights" / "contract.yaml").is_file()
