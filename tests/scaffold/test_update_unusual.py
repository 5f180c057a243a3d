"""An update of a repository of an unusual kind ends as of any other, or says what is in its way; nothing is lost."""

import shutil

import pytest
from template_versions import released

from modelyard.errors import RequestError
from modelyard.scaffold.update import branch

pytestmark = pytest.mark.slow


def refused(bring, project, **options):
    with pytest.raises(RequestError) as caught:
        bring(project, **options)
    assert caught.value.hint
    return caught.value


def test_objects_named_by_sha256(project, bring, git, editions):
    shutil.rmtree(project / ".git")
    git(project, "init", "--quiet", "-b", "main", "--object-format=sha256")
    git(project, "config", "user.name", "Ada")
    git(project, "config", "user.email", "ada@example.org")
    git(project, "add", "--all")
    git(project, "commit", "-qm", "All")
    with released("0.1.0", editions["at"] / "0.1.0"):
        branch.start(project)
    assert bring(project).changed
    assert git(project, "status", "--porcelain") == ""
    text = (project / "Makefile").read_text()
    (project / "Makefile").write_text(text.replace("Show every target", "Mine"))
    git(project, "commit", "-qam", "Mine")
    assert [conflict.path for conflict in bring(project, "0.3.0").conflicts] == ["Makefile"]
    assert git(project, "status", "--porcelain", "Makefile").startswith("UU")


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_changes_that_git_overlooks_are_not_overwritten(project, bring, git, flag):
    git(project, "update-index", flag, "Makefile")
    (project / "Makefile").write_text("of this machine only\n")
    error = refused(bring, project)
    assert error.code == "overlooked"
    assert "Makefile" in error.message
    assert (project / "Makefile").read_text() == "of this machine only\n"
    assert git(project, "log", "-1", "--format=%s") != "Update of the template to modelyard 0.2.0"
    assert bring(project, branch="newer").changed  # elsewhere nothing is in the way


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_a_file_that_git_overlooks_and_nobody_changed_is_updated(project, bring, git, flag):
    git(project, "update-index", flag, "Makefile")
    assert "Makefile" in bring(project).changed
    assert "Show every target" in (project / "Makefile").read_text()


def test_a_repository_inside_that_nobody_tracks_gets_no_files(project, bring, git):
    (project / "docs").mkdir()
    git(project / "docs", "init", "--quiet")
    error = refused(bring, project)
    assert (error.code, "docs" in error.message) == ("in_the_way", True)
    assert [path.name for path in (project / "docs").iterdir()] == [".git"]


@pytest.mark.parametrize("name", ["a\u2028b", "a\x0bb", "a\x85b"])
def test_a_path_with_a_separator_that_is_no_line_break(project, bring, git, tmp_path, name):
    (tmp_path / name).mkdir()
    moved = project.rename(tmp_path / name / "churn")
    assert bring(moved).changed
    assert git(moved, "status", "--porcelain") == ""


def test_a_path_with_a_line_break_is_refused(project, bring, tmp_path):
    (tmp_path / "a\nb").mkdir()
    moved = project.rename(tmp_path / "a\nb" / "churn")
    assert refused(bring, moved).code == "odd_path"


@pytest.mark.parametrize("name", ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"])
def test_a_name_that_is_set_to_nothing_is_nobodys(project, bring, git, monkeypatch, name):
    monkeypatch.setenv(name, "")
    assert bring(project).changed
    monkeypatch.delenv(name)
    assert git(project, "log", "-1", "--format=%an %cn") == "modelyard modelyard"
