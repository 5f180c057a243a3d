"""The image of a generated project, without a Docker engine: what its Dockerfile copies, installs and starts.

That an engine builds it, and that the base image is what it says, stays unproved here.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from imaging import UV, Player, UnplayableError, context, instructions

from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.profile import Overrides

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A project with its lock file."""
    folder = tmp_path_factory.mktemp("imaged")
    made = new(NewRequest(folder / "iris", "sklearn:iris", Overrides(target="target"), git=False, lock=True))
    assert (Path(made.path) / "uv.lock").is_file(), made.next
    return Path(made.path)


@pytest.fixture(scope="session")
def python(project):
    """An interpreter of the version that the base image has."""
    wanted = next(rest for name, rest in instructions((project / "Dockerfile").read_text()) if name == "FROM")
    version = wanted.partition(":")[2].partition("-")[0]
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.base_prefix) / "bin" / f"python{version}"
    found = subprocess.run([UV, "python", "find", "--system", version], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip())


@pytest.fixture(scope="session")
def played(project, python, tmp_path_factory):
    """The played image: its last stage, and the player."""
    work = tmp_path_factory.mktemp("image")
    (work / "context").mkdir()
    player = Player(work, context(project, work / "context"), python)
    return player.play((project / "Dockerfile").read_text()), player


def test_the_context_holds_neither_data_nor_store_nor_tests(project, tmp_path):
    (project / ".modelyard").mkdir(exist_ok=True)
    (project / ".modelyard" / "routing.json").write_text("{}")
    (project / ".env").write_text("MODELYARD_TOKEN=x")
    sent = {path.relative_to(tmp_path).parts[0] for path in context(project, tmp_path).rglob("*")}
    shutil.rmtree(project / ".modelyard")
    (project / ".env").unlink()
    wanted = {"README.md", "contract.yaml", "modelyard.yaml", "pyproject.toml", "src", "uv.lock"}
    assert sent - {"vendor"} == wanted  # vendor: only with a development version


def test_the_image_holds_the_environment_and_the_two_files_that_a_server_reads(played):
    stage, _ = played
    config = yaml.safe_load((stage.root / "app" / "modelyard.yaml").read_text())
    kept = {path.name for path in (stage.root / "app").iterdir()}
    assert kept == {".venv", "modelyard.yaml", config["data"]["contract"]}
    assert {path.name for path in stage.root.iterdir()} == {"app"}


def test_the_image_installs_no_training_library_and_runs_as_nobody_special(played):
    stage, _ = played
    installed = {path.name.lower() for path in (stage.root / "app/.venv/lib").glob("python*/site-packages/*")}
    assert {"modelyard", "onnxruntime", "obstore"} <= installed
    assert not {"sklearn", "mlflow", "scipy", "pulumi", "boto3", "pytest", "matplotlib"} & installed
    assert stage.user not in {"", "root", "0"}
    assert stage.command[0] == "modelyard"
    assert stage.command[stage.command.index("--host") + 1] == "0.0.0.0"
    assert stage.ports == [stage.command[stage.command.index("--port") + 1]]


def test_its_command_is_healthy_before_a_model_exists_and_answers_once_the_store_has_one(played, project, tmp_path):
    stage, player = played
    before = {path for path in stage.root.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    with started(stage, player, tmp_path) as (url, process):
        assert wait(lambda: asked(f"{url}/healthz"), process)[0] == 200
        assert asked(f"{url}/readyz")[0] == 503
        assert asked(f"{url}/predict", {"rows": [{}]})[0] == 503
        written = {path for path in stage.root.rglob("*") if path.is_file() and path.suffix != ".pyc"} - before
        assert not written, "a platform mounts the image read-only"
        released(project, stage.root / "app" / ".modelyard", tmp_path)
        assert wait(lambda: asked(f"{url}/readyz")[0] == 200, process)
        row = asked(f"{url}/schema")[1]["examples"][0]
        status, answer = asked(f"{url}/predict", {"rows": [row]})
        assert (status, len(answer["predictions"])) == (200, 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0


@pytest.mark.parametrize(
    ("was", "becomes", "wrong"),
    [
        ("COPY modelyard.yaml contract.yaml /app/", "COPY contract.yaml /app/", "modelyard.yaml"),
        ("COPY modelyard.yaml contract.yaml /app/", "COPY modelyard.yaml /app/", "contract.yaml"),
        ('"modelyard", "serve"', '"modelyard", "serves"', "serves"),
        ("COPY modelyard.yaml contract.yaml /app/", "COPY modelyard.yaml contract.yaml data /app/", "data"),
        ("WORKDIR /app", "WORKDIR /srv", "modelyard.yaml"),
    ],
)
def test_a_dockerfile_that_is_wrong_does_not_get_through(played, project, python, tmp_path, was, becomes, wrong):
    text = (project / "Dockerfile").read_text()
    assert was in text
    with pytest.raises((UnplayableError, AssertionError), match=wrong):
        again(played, text.replace(was, becomes), project, python, tmp_path)


def again(played, text, project, python, work):
    """Play a changed Dockerfile with the environment that was installed already, and start it."""
    (work / "context").mkdir()
    player = Player(work, context(project, work / "context"), python)
    steps = [line for line in text.split("\n\n") if "uv sync" not in line]
    player._from("built AS build")
    (player.root / "app").mkdir()
    (player.root / "app" / ".venv").symlink_to(played[0].root / "app" / ".venv")
    stage = player.play("\n\n".join(steps))
    named = yaml.safe_load((project / "modelyard.yaml").read_text())["data"]["contract"]
    assert (stage.root / "app" / named).is_file(), f"{named} is not in the image"
    with started(stage, player, work) as (url, process):
        wait(lambda: asked(f"{url}/healthz"), process)


@contextmanager
def started(stage, player, work):
    """Run the image's command on a free port of this machine."""
    port = free()
    command = list(stage.command)
    for option, value in (("--host", "127.0.0.1"), ("--port", str(port))):
        command[command.index(option) + 1] = value
    environment = {**player.environment(), "TMPDIR": str(work)}
    command[0] = shutil.which(command[0], path=environment["PATH"]) or command[0]
    folder = stage.root / stage.folder.lstrip("/")
    with (work / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stderr=log, stdout=log)
    process.log = work / "log"
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def released(project, store, work):
    """Train in the environment of the tests, and put what came of it where the image's server looks."""
    copy = Path(shutil.copytree(project, work / "trained"))
    command = [sys.executable, "-m", "modelyard.cli", "run", "--project", str(copy), "-q"]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    store.mkdir()
    shutil.copytree(copy / ".modelyard" / "models", store / "models")
    shutil.copy2(copy / ".modelyard" / "routing.json", store / "routing.json")


def asked(url, document=None):
    """Return status and document; None where nothing answers."""
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"{}")
    except OSError:
        return None


def wait(found, process, seconds=90.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := found():
            return value
        assert process.poll() is None, f"it ended: {process.log.read_text()[-2000:]}"
        time.sleep(0.1)
    raise AssertionError(f"waited in vain: {process.log.read_text()[-2000:]}")


def free():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
