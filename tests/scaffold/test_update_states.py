"""A repository in no state for an update is told so, with the next step, and nothing in it changes."""

import os
import subprocess
from pathlib import Path

import pytest
from template_versions import released

from modelyard.errors import OutsideError, RequestError
from modelyard.scaffold.update.update import UpdateRequest, find, update

pytestmark = pytest.mark.slow


def everything(folder):
    """Each file below `folder` with its content, but for those that git rewrites when it looks."""
    found = {}
    for parent, _, files in os.walk(folder):
        for name in files:
            path = Path(parent, name)
            if not str(path).endswith((".git/index", ".git/modelyard/lock")):
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def refused(bring, project, code, **options):
    before = everything(project)
    with pytest.raises((RequestError, OutsideError)) as caught:
        bring(project, **options)
    assert caught.value.code == code
    assert caught.value.hint
    assert everything(project) == before
    return caught.value


@pytest.mark.parametrize("staged", [True, False])
def test_a_dirty_tree_is_refused_with_the_names(project, bring, git, staged):
    (project / "README.md").write_text("mine\n")
    if staged:
        git(project, "add", "README.md")
    error = refused(bring, project, "dirty")
    assert "README.md" in error.message


def test_untracked_files_and_the_manifest_of_a_run_do_not_matter(project, bring, git):
    (project / "data/snapshot.json").write_text("{}")
    git(project, "add", "--all")
    git(project, "commit", "-qm", "Manifest")
    (project / "data/snapshot.json").write_text('{"id": 1}')
    (project / "notes.txt").write_text("mine\n")
    assert bring(project).changed
    assert (project / "notes.txt").read_text() == "mine\n"
    assert (project / "data/snapshot.json").read_text() == '{"id": 1}'


@pytest.mark.parametrize("ignored", [True, False])
def test_an_untracked_file_in_the_way_is_refused(project, bring, git, ignored):
    (project / "docs").mkdir()
    (project / "docs/how to.md").write_text("mine\n")
    if ignored:
        (project / ".git/info").mkdir(exist_ok=True)
        (project / ".git/info/exclude").write_text("docs/\n")
    error = refused_and_kept(bring, project)
    assert "docs/how to.md" in error.message
    assert (project / "docs/how to.md").read_text() == "mine\n"


def refused_and_kept(bring, project):
    with pytest.raises(RequestError) as caught:
        bring(project)
    assert caught.value.code == "in_the_way"
    assert "Show the targets" in (project / "Makefile").read_text()
    return caught.value


def test_an_untracked_file_where_a_folder_has_to_be_is_refused(project, bring, git):
    (project / "docs").write_text("mine\n")
    assert "docs" in refused_and_kept(bring, project).message
    (project / "docs").unlink()
    (project / "docs").symlink_to("data")
    assert "docs" in refused_and_kept(bring, project).message


def test_no_repository_is_told_to_make_one(project, bring, git, tmp_path):
    (project / ".git").rename(tmp_path / "gone")
    assert "git init" in refused(bring, project, "no_repository").hint


def test_no_commit_is_told_to_make_one(project, bring, git, tmp_path):
    (project / ".git").rename(tmp_path / "gone")
    git(project, "init", "--quiet")
    assert "git commit" in refused(bring, project, "no_commits").hint


@pytest.mark.parametrize("name", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "BISECT_LOG"])
def test_something_under_way_is_named(project, bring, git, name):
    if name == "rebase-merge":
        (project / ".git" / name).mkdir()
    else:
        (project / ".git" / name).write_text(git(project, "rev-parse", "HEAD") + "\n")
    error = refused(bring, project, "under_way")
    assert "under way" in error.message


def test_a_conflict_that_waits_is_under_way(project, bring, git):
    text = (project / "Makefile").read_text()
    (project / "Makefile").write_text(text.replace("Show the targets", "Mine"))
    git(project, "commit", "-qam", "Mine")
    assert bring(project).conflicts
    assert "merge --abort" in refused(bring, project, "under_way").hint


def test_a_detached_head_is_refused_but_may_look_and_branch(project, bring, git):
    git(project, "switch", "--quiet", "--detach", "HEAD")
    assert "--branch" in refused(bring, project, "detached").hint
    assert bring(project, look=True).changed
    assert bring(project, branch="newer").branch == "newer"


def test_the_branch_of_the_template_is_nobodys_to_work_on(project, bring, git):
    git(project, "switch", "--quiet", "modelyard-template")
    refused(bring, project, "template_branch")


def test_a_template_branch_that_another_work_tree_stands_on_is_refused(project, bring, git, tmp_path):
    git(project, "worktree", "add", "--quiet", str(tmp_path / "other"), "modelyard-template")
    refused(bring, project, "template_branch")


def test_an_older_version_than_the_recorded_one_is_refused(project, bring, git):
    bring(project, "0.3.0")
    error = refused(bring, project, "older", number="0.2.0")
    assert "0.3.0" in error.message
    assert "0.2.0" in error.message


def test_an_index_that_another_git_holds_is_left_alone(project, bring, git):
    (project / ".git/index.lock").write_text("")
    before = everything(project)
    with pytest.raises(OutsideError) as caught:
        bring(project)
    assert caught.value.code == "index_locked"
    after = everything(project)
    assert {path: after[path] for path in before} == before
    assert all(path.startswith(".git/objects") for path in set(after) - set(before))
    (project / ".git/index.lock").unlink()
    assert bring(project).changed
    assert git(project, "status", "--porcelain") == ""


def test_an_update_runs_from_a_folder_below_and_in_a_work_tree_of_its_own(project, bring, git, tmp_path):
    assert find(project / "src/pipeline") == project
    other = tmp_path / "other tree"
    git(project, "worktree", "add", "--quiet", "-b", "side", str(other))
    assert bring(other).branch == "side"
    assert git(other, "status", "--porcelain") == ""
    assert "Show every target" in (other / "Makefile").read_text()
    assert "Show the targets" in (project / "Makefile").read_text()
    assert git(project, "status", "--porcelain") == ""


def test_a_folder_that_modelyard_did_not_make_is_told_about_adopt(tmp_path):
    with pytest.raises(RequestError) as caught:
        find(tmp_path)
    assert "adopt" in caught.value.hint


def test_a_project_below_the_top_of_a_repository_is_updated_there_only(project, bring, git, tmp_path, editions):
    mono = tmp_path / "mono"
    (mono / "models").mkdir(parents=True)
    (project / ".git").rename(tmp_path / "gone")
    project.rename(mono / "models/churn")
    (mono / "Makefile").write_text("all:\n")
    git(mono, "init", "--quiet", "-b", "main")
    git(mono, "add", "--all")
    git(mono, "-c", "user.name=Ada", "-c", "user.email=a@b", "commit", "-qm", "All")
    git(mono, "config", "user.name", "Ada")
    git(mono, "config", "user.email", "ada@example.org")
    with released("0.1.0", editions["at"] / "0.1.0"):  # the branch is rendered again by the version that runs
        result = update(UpdateRequest(mono / "models/churn", lock=False), edition=editions["0.2.0"])
    assert "models/churn/Makefile" in result.changed
    assert "Show every target" in (mono / "models/churn/Makefile").read_text()
    assert (mono / "Makefile").read_text() == "all:\n"
    assert git(mono, "status", "--porcelain") == ""
    assert git(mono, "ls-tree", "-r", "--name-only", "modelyard-template-models-churn", "--", "Makefile") == ""
    assert bring(mono / "models/churn", "0.3.0").conflicts == []


def test_a_submodule_stays_what_it_is(project, bring, git, tmp_path):
    other = tmp_path / "library"
    other.mkdir()
    git(other, "init", "--quiet")
    git(other, "-c", "user.name=Ada", "-c", "user.email=a@b", "commit", "-qm", "One", "--allow-empty")
    git(project, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "library")
    git(project, "commit", "-qm", "Library")
    (project / "library/untracked").write_text("x")
    assert bring(project).changed
    assert (project / "library/untracked").read_text() == "x"
    assert git(project, "ls-tree", "HEAD", "library").startswith("160000")


def test_a_submodule_where_the_template_has_a_file_is_a_conflict(project, bring, git, tmp_path):
    other = tmp_path / "library"
    other.mkdir()
    git(other, "init", "--quiet")
    git(other, "-c", "user.name=Ada", "-c", "user.email=a@b", "commit", "-qm", "One", "--allow-empty")
    git(project, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "docs")
    git(project, "commit", "-qm", "Library")
    assert [conflict.path for conflict in bring(project).conflicts] == ["docs/how to.md"]


@pytest.mark.parametrize("said", ["git version 2.30.1", "git version 2.37.9 (Apple Git-1)"])
def test_a_git_that_is_too_old_is_named(project, bring, tmp_path, monkeypatch, said):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text(f"#!/bin/sh\necho '{said}'\n")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(OutsideError, match=r"2\.38 is needed"):
        bring(project)


def test_a_bare_repository_is_refused(project, bring, tmp_path):
    subprocess.run(["git", "clone", "--quiet", "--bare", str(project), str(tmp_path / "bare")], check=True)
    with pytest.raises(RequestError):
        bring(tmp_path / "bare")
