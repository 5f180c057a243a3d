import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "loop"))

import projects

from modelyard.cli import app

pytestmark = pytest.mark.slow

runner = CliRunner()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A project with one version; the tests of this module leave it working."""
    path = tmp_path_factory.mktemp("cli") / "project"
    projects.make(path)
    done = say("run", root=path)
    assert done[0] == 0
    assert [s["status"] for s in done[1]["stages"]] == ["done"] * 5
    return path


def say(*arguments, root):
    result = runner.invoke(app, [*arguments, "--project", str(root), "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


def test_a_run_says_what_the_contract_of_the_command_line_promises(root):
    code, said = say("run", root=root)
    assert code == 0
    assert {"stages", "snapshot", "version", "gate", "metrics"} <= set(said)
    assert [(s["name"], s["status"]) for s in said["stages"]] == [
        (name, "cached") for name in ("data", "train", "evaluate", "gate", "register")
    ]
    assert said["gate"]["verdict"] == "passed"
    assert {"name", "value", "threshold", "interval", "verdict", "reason"} <= set(said["gate"]["rules"][0])


@pytest.mark.parametrize(("command", "stages"), [("train", 2), ("evaluate", 3), ("gate", 4)])
def test_a_stage_of_its_own_is_the_run_of_that_stage(command, stages, root):
    code, said = say(command, root=root)
    assert (code, len(said["stages"])) == (0, stages)


def test_versions_are_listed_and_shown(root):
    code, said = say("models", "list", root=root)
    assert code == 0
    assert {"version", "aliases", "state", "metrics", "snapshot", "commit", "created"} <= set(said["versions"][0])
    assert say("models", "show", "1", root=root)[1]["state"] == "champion"


def test_an_unknown_version_or_environment_is_a_wrong_request(root):
    for arguments in (
        ("models", "show", "4"),
        ("lineage", "4"),
        ("models", "retire", "4"),
        ("models", "list", "--env", "mars"),
        ("models", "copy", "1", "--from", "local", "--to", "mars"),
        ("run", "deploy"),
    ):
        code, said = say(*arguments, root=root)
        assert (code, set(said)) == (2, {"error"})


def test_the_champion_cannot_be_retired(root):
    code, said = say("models", "retire", "1", root=root)
    assert (code, said["error"]["code"]) == (1, "in_service")


def test_a_lineage_is_one_document(root):
    code, said = say("lineage", "1", root=root)
    assert code == 0
    assert {"version", "snapshot", "source", "commit", "parameters", "gate", "libraries"} <= set(said)


def test_a_broken_contract_exits_1_with_its_violations(root, tmp_path):
    broken = tmp_path / "broken.parquet"
    frame = projects.table()
    frame.with_columns(key=frame["key"] - 2).write_parquet(broken)
    code, said = say("run", "--data", str(broken), root=root)
    assert (code, said["error"]["code"]) == (1, "contract_violated")
    assert [v["count"] for v in said["contract"]["violations"] if v["severity"] == "error"] == [2]
    code, said = say("data", "check", "--data", str(broken), root=root)
    assert (code, said["passed"]) == (1, False)
    assert {"rule", "column", "count", "sample"} <= set(said["violations"][0])


def test_a_failed_gate_exits_1_with_its_rules(root):
    features = root / "src/pipeline/features.py"
    before = features.read_text()
    features.write_text(projects.NO_SIGNAL)
    try:
        code, said = say("run", root=root)
    finally:
        features.write_text(before)
    assert (code, said["error"]["code"], said["version"]) == (1, "gate_failed", None)
    assert "fail" in [r["verdict"] for r in said["gate"]["rules"]]


def test_a_copy_goes_to_the_other_environment_and_is_judged_there(root):
    code, said = say("models", "copy", "1", "--from", "local", "--to", "prod", root=root)
    assert (code, said["gate"]["verdict"]) == (0, "passed")
    assert say("models", "list", "--env", "prod", root=root)[1]["versions"][0]["sha256"] == said["sha256"]


def test_a_chain_exits_1_once_an_event_was_changed(root):
    code, said = say("audit", root=root)
    assert (code, said["chain"]) == (0, "intact")
    assert said["events"][0]["action"] == "judged"
    path = root / ".modelyard" / "audit" / "000001.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"passed", b"failed"))
    try:
        code, said = say("audit", root=root)
    finally:
        path.write_bytes(before)
    assert (code, said["error"]["code"]) == (1, "chain_broken")
    assert "000001.json" in said["chain"]


WAITING = """\
import time
from pathlib import Path


def features(rows):
    Path({here!r}).touch()
    while not Path({go!r}).exists():
        time.sleep(0.01)
    return rows
"""


def start(root, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "modelyard.cli", "run", "--project", str(root), "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        text=True,
    )


def wait_for(path, process):
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_of_two_runs_at_once_one_works_and_an_interrupt_is_finished_by_the_next(tmp_path):
    made, go, here = tmp_path / "project", tmp_path / "go", tmp_path / "here"
    projects.make(made)
    (made / "src/pipeline/features.py").write_text(WAITING.format(here=str(here), go=str(go)))
    first = start(made)
    wait_for(here, first)
    code, said = say("run", root=made)
    assert (code, said["error"]["code"]) == (1, "busy")
    first.send_signal(signal.SIGINT)
    stdout, stderr = first.communicate()
    assert first.returncode == 130, stderr
    assert json.loads(stdout)["error"]["code"] == "interrupted"
    go.touch()
    code, said = say("run", root=made)
    assert (code, said["version"]) == (0, 1)
