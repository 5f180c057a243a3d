"""A project is locked where that is possible, and otherwise says why it is not."""

import sys
from pathlib import Path

import pytest

from modelyard.scaffold import lock


@pytest.fixture
def fake_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a script that stands for uv; the interpreter seems to lie elsewhere, so that PATH decides."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "python"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path / "bin" / "uv"


def write(script: Path, body: str) -> None:
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)


def test_uv_locks_the_project(fake_uv: Path, tmp_path: Path) -> None:
    write(fake_uv, "echo locked > uv.lock")
    assert lock.lock(tmp_path) == ""
    assert (tmp_path / "uv.lock").read_text() == "locked\n"


def test_a_machine_without_uv_is_no_failure(fake_uv: Path, tmp_path: Path) -> None:
    assert lock.lock(tmp_path) == "uv is not installed"


def test_a_failure_gives_its_cause_and_leaves_no_half_lock(fake_uv: Path, tmp_path: Path) -> None:
    write(fake_uv, "echo half > uv.lock\nprintf '  x No solution\\n  ╰─▶ the network is down\\n' >&2\nexit 1")
    assert lock.lock(tmp_path) == "uv said: the network is down"
    assert not (tmp_path / "uv.lock").exists()


def test_a_uv_that_cannot_be_run_is_no_failure(fake_uv: Path, tmp_path: Path) -> None:
    fake_uv.write_text("not a program")
    fake_uv.chmod(0o755)
    assert lock.lock(tmp_path).startswith(("uv cannot be run", "uv "))


def test_waiting_ends(fake_uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(fake_uv, "exec sleep 30")
    monkeypatch.setattr(lock, "_PATIENCE_S", 0.2)
    assert "no answer" in lock.lock(tmp_path)
