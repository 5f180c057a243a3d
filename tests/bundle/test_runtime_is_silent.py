"""Who loads a model tells nobody of it."""

import os
import subprocess
import sys

import pytest

_LOAD = 'import modelyard.bundle.runtime, onnxruntime, os; print(os.environ.get("ORT_DISABLE_TELEMETRY"))'


@pytest.fixture
def loaded(tmp_path):
    """Import onnxruntime as a command does, in a process whose only place to leave something is `tmp_path`."""

    def run(**more):
        # no variable of the machine: several of them, such as CI, silence onnxruntime too
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), **more}
        done = subprocess.run([sys.executable, "-c", _LOAD], env=env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return run


def test_onnxruntime_reports_nothing_and_leaves_no_identifier_behind(loaded, tmp_path):
    loaded()
    assert list(tmp_path.rglob("*")) == []


def test_who_has_set_the_variable_keeps_it(loaded):
    assert loaded(ORT_DISABLE_TELEMETRY="0") == "0"
