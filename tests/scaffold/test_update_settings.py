"""What git is set to on a machine decides nothing about an update: not its commits, not its files."""

import os

import pytest

pytestmark = pytest.mark.slow

WILD = """
[core]
  hooksPath = {hooks}
  excludesFile = {ignore}
  attributesFile = {attributes}
  quotePath = true
  fsmonitor = true
[commit]
  gpgSign = true
[user]
  name = Ada
  email = ada@example.org
  signingKey = none
[merge]
  conflictStyle = diff3
  renames = false
  renameLimit = 1
  ff = only
  verifySignatures = true
  directoryRenames = true
[diff]
  renames = false
  noprefix = true
  external = /bin/false
[log]
  showSignature = true
[grep]
  patternType = fixed
[color]
  ui = always
[status]
  showUntrackedFiles = no
[rerere]
  enabled = true
  autoUpdate = true
[trailer]
  separators = "="
[apply]
  whitespace = error
[gc]
  auto = 1
"""


def contents(project, git):
    return git(project, "ls-tree", "-r", "HEAD")


@pytest.fixture
def wild(monkeypatch, tmp_path):
    """Return a function that gives the machine settings that would break or bend a merge."""

    def call(more=""):
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        for name in ("pre-commit", "commit-msg", "reference-transaction", "post-index-change", "pre-merge-commit"):
            (hooks / name).write_text("#!/bin/sh\nexit 1\n")
            (hooks / name).chmod(0o755)
        (tmp_path / "ignore").write_text("*\n")
        (tmp_path / "attributes").write_text("* merge=binary\n")
        names = {"hooks": hooks, "ignore": tmp_path / "ignore", "attributes": tmp_path / "attributes"}
        (tmp_path / "gitconfig").write_text(WILD.format(**names) + more)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))

    return call


def mine(project, git):
    (project / "src/pipeline/features.py").rename(project / "src/pipeline/columns.py")
    text = (project / "Makefile").read_text()
    (project / "Makefile").write_text(text.replace("lint: setup ## Check style and types", "lint: setup ## Mine"))
    git(project, "add", "--all")
    git(project, "commit", "-qm", "Mine")


def test_the_result_is_the_same_under_any_settings(project, bring, git, wild, tmp_path):
    mine(project, git)
    git(tmp_path, "clone", "--quiet", str(project), "plain")
    bring(tmp_path / "plain")
    wild()
    result = bring(project)
    assert result.conflicts == []
    assert contents(project, git) == contents(tmp_path / "plain", git)
    assert git(project, "-c", "core.fsmonitor=false", "-c", "color.ui=never", "status", "--porcelain") == ""
    assert bring(project).waits is False


def test_conflict_marks_are_the_same_under_any_settings(project, bring, git, wild):
    text = (project / "Makefile").read_text()
    (project / "Makefile").write_text(text.replace("Show the targets", "Mine"))
    git(project, "commit", "-qam", "Mine")
    wild()
    assert [conflict.path for conflict in bring(project).conflicts] == ["Makefile"]
    assert "|||||||" not in (project / "Makefile").read_text()


@pytest.mark.parametrize("eol", ["autocrlf = true", "eol = crlf\n  autocrlf = false"])
@pytest.mark.parametrize("attributes", [None, "* text=auto\n"])
def test_files_are_checked_out_with_the_users_line_ends(project, bring, git, wild, eol, attributes):
    if attributes is None:
        (project / ".gitattributes").unlink()
    else:
        (project / ".gitattributes").write_text(attributes)
    git(project, "add", "--all")
    git(project, "commit", "-qm", "Line ends")
    wild(f"[core]\n  {eol}\n  safecrlf = true\n")
    for path in git(project, "ls-files", "-z").split("\0"):
        (project / path).unlink() if path else None
    git(project, "checkout", "--", ".")
    crlf = b"\r\n" in (project / "Makefile").read_bytes()
    assert crlf or attributes is None
    assert bring(project).conflicts == []
    assert (b"\r\n" in (project / "Makefile").read_bytes()) == crlf
    assert (b"\r\n" in (project / "docs/how to.md").read_bytes()) == crlf
    assert b"\r\n" not in git(project, "show", "HEAD:Makefile").encode()
    assert git(project, "-c", "color.ui=never", "-c", "core.fsmonitor=false", "status", "--porcelain") == ""


def test_somebody_without_a_name_can_update(project, bring, git, monkeypatch):
    git(project, "config", "--unset", "user.name")
    git(project, "config", "--unset", "user.email")
    for name in list(os.environ):
        if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER", "EMAIL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    bring(project)
    assert git(project, "log", "-1", "--format=%an <%ae>") == "modelyard <modelyard@localhost>"


def test_the_users_own_name_is_on_the_merge(project, bring, git):
    bring(project)
    assert git(project, "log", "-1", "--format=%an %ae") == "Ada ada@example.org"


def test_variables_of_a_hook_do_not_lead_elsewhere(project, bring, git, monkeypatch, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    assert bring(project).changed
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert git(project, "status", "--porcelain") == ""
    assert "Show every target" in (project / "Makefile").read_text()


def test_the_repositorys_own_merge_rules_hold(project, bring, git):
    (project / ".gitattributes").write_text((project / ".gitattributes").read_text() + "Makefile merge=union\n")
    text = (project / "Makefile").read_text()
    (project / "Makefile").write_text(text.replace("Show the targets", "Mine"))
    git(project, "commit", "-qam", "Mine")
    assert bring(project).conflicts == []
    assert "## Mine" in (project / "Makefile").read_text()
    assert "Show every target" in (project / "Makefile").read_text()


def test_flags_of_other_files_in_the_index_stay(project, bring, git):
    git(project, "update-index", "--skip-worktree", "ruff.toml")
    git(project, "update-index", "--assume-unchanged", "contract.yaml")
    bring(project)
    flagged = git(project, "ls-files", "-v")
    assert "S ruff.toml" in flagged
    assert "h contract.yaml" in flagged
