"""Scripts of steps whose ends matter, run by the shell that GitHub runs them with, and a stand-in for `uv`."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from variants import repository
from workflow_files import load

UV = """#!/bin/bash
case "$*" in
  *" smoke "*) echo $$ > "$PLACE/smoke"; [ "$SMOKE" = ends ] && exit 1; exec sleep 60 ;;
  *" release start "*) until [ -s "$PLACE/smoke" ]; do sleep 0.01; done; sleep 0.2; exit "$RELEASE" ;;
esac
exit 99
"""


@pytest.fixture
def released(tmp_path):
    """Run the step that releases against the champion; return its exit status and whether the load still runs."""
    (workflow,) = [one for one in load(repository("own")) if one.name == "release"]
    steps = next(job for job in workflow.jobs if job.id == "dev").steps
    (script,) = [step["run"] for step in steps if step["name"] == "Release against the champion"]
    (tmp_path / "uv").write_text(UV)
    (tmp_path / "uv").chmod(0o755)

    def run(**told):
        known = {"ENVIRONMENT": "dev", "NUMBER": "2", "PLACE": str(tmp_path), "RELEASE": "0", "SMOKE": "goes on"}
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", **known, **told}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(command, env=environment, check=False, stdout=subprocess.PIPE)
        return done.returncode, _lives(int((tmp_path / "smoke").read_text()))

    return run


def _lives(process: int) -> bool:
    """Tell whether a process goes on running: one that was just killed may take a moment."""
    return all(_runs(process) and not time.sleep(0.02) for _ in range(250))


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_load_ends_with_the_release(released):
    assert released() == (0, False)


def test_a_load_that_ended_before_does_not_fail_a_release_that_was_promoted(released):
    assert released(SMOKE="ends") == (0, False)


@pytest.mark.parametrize("load", ["ends", "goes on"])
def test_a_release_that_fails_fails_the_step(released, load):
    assert released(SMOKE=load, RELEASE="1") == (1, False)
