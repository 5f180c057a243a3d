"""The first commit holds every file, whatever the machine's git settings are."""

import os
import subprocess
from pathlib import Path

import pytest

from modelyard.errors import OutsideError
from modelyard.scaffold import git


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "data/rows.parquet").write_bytes(b"PAR1\r\n")
    (folder / "README.md").write_text("words\n")
    return folder


def ask(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_everything_is_committed_on_main(project: Path) -> None:
    git.first_commit(project, "First")
    assert ask(project, "ls-files").splitlines() == ["README.md", "data/rows.parquet"]
    assert ask(project, "status", "--porcelain") == ""
    assert ask(project, "log", "--format=%s %D") == "First HEAD -> main"


def test_somebody_without_a_name_can_still_commit(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("GIT_", "EMAIL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    git.first_commit(project, "First")
    assert ask(project, "log", "--format=%an") == "modelyard"
    assert "modelyard" not in (project / ".git/config").read_text()


def test_the_users_own_name_is_used(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gitconfig").write_text("[user]\n name = Ada\n email = ada@example.org\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    git.first_commit(project, "First")
    assert ask(project, "log", "--format=%an %ae") == "Ada ada@example.org"


def test_hooks_signing_ignores_and_filters_of_the_user_do_not_matter(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    (tmp_path / "ignore").write_text("*.parquet\n")
    (tmp_path / "gitconfig").write_text(
        f"[core]\n hooksPath = {hooks}\n excludesFile = {tmp_path / 'ignore'}\n autocrlf = true\n"
        "[commit]\n gpgSign = true\n[user]\n signingKey = none\n[init]\n defaultBranch = trunk\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    git.first_commit(project, "First")
    assert ask(project, "ls-tree", "-r", "--name-only", "main").splitlines() == [
        "README.md",
        "data/rows.parquet",
    ]


def test_a_commit_made_inside_a_hook_of_another_repository_stays_here(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x").write_text("x")
    git.first_commit(other, "Other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    git.first_commit(project, "First")
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_WORK_TREE")
    assert ask(other, "log", "--format=%s") == "Other"
    assert ask(project, "log", "--format=%s") == "First"


def test_a_machine_without_git_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError) as caught:
        git.require()
    assert "--no-git" in caught.value.hint
    assert git.enclosing(tmp_path) is None


def test_what_git_says_is_passed_on(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\necho 'fatal: no can do' >&2\nexit 128\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="no can do"):
        git.first_commit(project, "First")


def test_the_repository_around_a_folder_is_found(project: Path, tmp_path: Path) -> None:
    git.first_commit(project, "First")
    assert git.enclosing(project / "data") == project.resolve()
    assert git.enclosing(tmp_path) is None
