"""Killed, interrupted or out of space at any step, an update loses nothing, and the next run ends it."""

import os
import shutil
import signal
import time
from pathlib import Path

import interrupted
import pytest
import yaml
from interrupted import walk

from modelyard.errors import OutsideError, RequestError
from modelyard.scaffold import git as module
from modelyard.scaffold.update import files, work

pytestmark = pytest.mark.slow


@pytest.fixture
def renders(editions, origin, tmp_path):
    """Return a folder with the finished render of 0.2.0, for processes that cannot be patched."""
    answers = yaml.safe_load((origin / ".copier-answers.yml").read_text())
    plain = {name: value for name, value in answers.items() if not name.startswith("_")}
    folder = tmp_path / "renders"
    editions["0.2.0"].pristine("tabular", plain | {"modelyard_version": "0.2.0"}, folder / "0.2.0")
    (folder / "0.2.0.yml").write_text(editions["0.2.0"].copier_yml("tabular"))
    return folder


def prepared(project, git, *, conflict):
    (project / "mine.txt").write_text("mine\n")
    if conflict:
        text = (project / "Makefile").read_text()
        (project / "Makefile").write_text(text.replace("Show the targets", "Mine"))
        git(project, "commit", "-qam", "Mine")
    return project


@pytest.mark.parametrize(("conflict", "early"), [(False, 2), (True, 0)])
def test_a_kill_before_any_step_is_ended_by_the_next_run(project, git, bring, renders, tmp_path, conflict, early):
    prepared(project, git, conflict=conflict)
    twin = Path(shutil.copytree(project, tmp_path / "twin"))
    code, steps, conflicts = walk(twin, renders, 0)
    assert (code, bool(conflicts)) == (0, conflict)
    wanted = interrupted.state(twin)
    wrong = {}
    for at in [steps * part // (early + 1) for part in range(1, early + 1)] + list(range(steps - 13, steps + 1, 3)):
        copy = Path(shutil.copytree(project, tmp_path / f"at {at}"))
        killed, *_ = walk(copy, renders, at)
        try:
            bring(copy)
        except RequestError as error:
            assert (error.code, conflict) == ("under_way", True)  # noqa: PT017 - it had all been done
        found = interrupted.state(copy)
        if killed != -signal.SIGKILL or found != wanted:
            wrong[at] = (killed, {name: found[name] for name in wanted if found[name] != wanted[name]})
        shutil.rmtree(copy)
    assert wrong == {}


def test_a_file_changed_after_a_kill_is_not_overwritten(project, git, bring, renders, tmp_path):
    steps = walk(shutil.copytree(project, tmp_path / "twin"), renders, 0)[1]
    for at in range(steps - 10, 0, -3):  # from the end back to where the files move
        copy = Path(shutil.copytree(project, tmp_path / f"at {at}"))
        walk(copy, renders, at)
        if git(copy, "rev-parse", "HEAD") == git(project, "rev-parse", "HEAD") and git(copy, "diff", "--name-only"):
            break
    (copy / "Makefile").write_text("mine since\n")
    with pytest.raises(RequestError) as caught:
        bring(copy)
    assert caught.value.code == "changed_since"
    assert (copy / "Makefile").read_text() == "mine since\n"
    git(copy, "reset", "--quiet", "--hard")
    git(copy, "clean", "--quiet", "-d", "--force")
    assert bring(copy).conflicts == []
    assert git(copy, "status", "--porcelain") == ""


@pytest.mark.parametrize("at", [1, 5, 12, 30])
def test_ctrl_c_before_the_files_move_leaves_everything(project, git, bring, monkeypatch, at):
    head = git(project, "rev-parse", "HEAD")
    real, seen = module.attempt, []

    def attempt(*arguments, **options):
        seen.append(arguments)
        if len(seen) == at:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(module, "attempt", attempt)
        with pytest.raises(KeyboardInterrupt):
            bring(project)
    assert git(project, "rev-parse", "HEAD") == head
    assert git(project, "status", "--porcelain") == ""
    assert bring(project).changed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_files_move_waits_until_they_have(project, git, bring, monkeypatch, number):
    real = files.place
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # as the command line sets it

    def place(*arguments):
        os.kill(os.getpid(), number)
        real(*arguments)

    try:
        with monkeypatch.context() as patch:
            patch.setattr(files, "place", place)
            with pytest.raises(KeyboardInterrupt):
                bring(project)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert git(project, "status", "--porcelain") == ""
    assert "Show every target" in (project / "Makefile").read_text()
    assert bring(project).waits is False


@pytest.mark.parametrize("at", [1, 2, 5])
def test_a_failure_while_files_move_puts_them_back(project, git, bring, monkeypatch, at):
    (project / "notes.txt").write_text("mine\n")
    real, seen = files.place, []

    def place(*arguments):
        seen.append(arguments)
        if len(seen) == at:
            raise OSError(28, "No space left on device", str(arguments[1]))
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(files, "place", place)
        with pytest.raises(OSError, match="No space"):
            bring(project)
    assert git(project, "status", "--porcelain") == "?? notes.txt"
    assert not (project / ".git/modelyard/journal.json").exists()
    assert bring(project).changed
    assert git(project, "status", "--porcelain") == "?? notes.txt"


@pytest.mark.parametrize("at", [3, 20, 40, 60])
def test_a_full_disk_in_git_changes_nothing(project, git, bring, monkeypatch, tmp_path, at):
    counter = tmp_path / "count"
    counter.write_text("0")
    real = shutil.which("git")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text(
        f"#!/bin/sh\nn=$(($(cat {counter}) + 1))\necho $n > {counter}\n"
        f"[ $n -eq {at} ] && echo 'fatal: write error: No space left on device' >&2 && exit 128\n"
        f'exec {real} "$@"\n'
    )
    (tmp_path / "bin/git").chmod(0o755)
    head = git(project, "rev-parse", "HEAD")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        try:
            bring(project)
        except (OutsideError, RequestError) as error:
            assert error.code in {"disk_full", "no_git", "no_commits"}  # noqa: PT017 - it may also succeed
    if git(project, "rev-parse", "HEAD") == head:
        assert git(project, "status", "--porcelain") == ""
    bring(project)
    assert git(project, "status", "--porcelain") == ""
    assert "Show every target" in (project / "Makefile").read_text()


def test_two_updates_at_once_do_not_meet(project, bring, git):
    import fcntl

    (project / ".git/modelyard").mkdir()
    with (project / ".git/modelyard/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(OutsideError) as caught:
            bring(project)
        assert caught.value.code == "busy"
        assert bring(project, look=True).changed
    assert bring(project).changed


def test_looking_touches_nothing_at_all(project, bring, git):
    def everything():
        objects = project / ".git/objects"  # git marks those as fresh that it would have written
        found = {path: path.stat().st_mtime_ns for path in project.rglob("*") if objects not in path.parents}
        return found, sorted(objects.rglob("*"))

    before = everything()
    result = bring(project, look=True)
    assert "Show every target" in result.diff
    assert everything() == before


def test_git_finds_the_files_as_the_index_says_even_when_we_sweep_later(project, bring, git, monkeypatch):
    real = work._sweep

    def late(folder):
        time.sleep(1.1)  # git's clock on files has whole seconds
        real(folder)

    monkeypatch.setattr(work, "_sweep", late)
    bring(project)
    assert git(project, "diff-files", "--name-only") == ""
