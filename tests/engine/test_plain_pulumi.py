"""Plain `pulumi up`, typed in a stack's folder, does what `modelyard infra up` does."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_engine_stacks import made, platform, predicted

from modelyard.infra.plan import plan
from modelyard.infra.platform import layers, programs, stackfile

HOST = Path(__file__).with_name("language_host.py")


@pytest.fixture
def host(tmp_path, monkeypatch):
    """The Python language host: the real one where the CLI brought it, else a stand-in of twenty lines."""
    if shutil.which("pulumi-language-python") is None:
        folder = tmp_path / "bin"
        folder.mkdir()
        script = folder / "pulumi-language-python"
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(HOST))} "$@"\n')
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def pulumi_in(folder, *words):
    done = subprocess.run(["pulumi", *words], cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_up_in_the_folder_of_a_stack(cloud, backend, host, tmp_path):
    config = platform()
    folder = shutil.copytree(programs.shipped("account"), tmp_path / "account")
    stackfile.write(folder, config, "dev", "account")
    stack = layers.stack_name("account", config, "dev")
    pulumi_in(folder, "stack", "init", f"organization/modelyard-account/{stack}", "--non-interactive")
    pulumi_in(folder, "up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack)
    assert made(cloud) == predicted(plan(config, "dev", ("account",)))
    again = pulumi_in(folder, "preview", "--expect-no-changes", "--non-interactive", "--stack", stack)
    assert "unchanged" in again
