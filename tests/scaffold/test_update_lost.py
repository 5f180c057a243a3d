"""A branch of renders that is not here is found elsewhere, or rendered again from what is recorded."""

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from template_versions import released

from modelyard import assets
from modelyard.errors import OutsideError, RequestError

pytestmark = pytest.mark.slow

SRC = Path(assets.__file__).parent


def edit(git, project):
    """Change something of one's own, so that a wrong base would show."""
    text = (project / "Makefile").read_text()
    (project / "Makefile").write_text(text.replace("lint: setup ## Check style and types", "lint: setup ## Mine"))
    git(project, "commit", "-qam", "Mine")


def is_good(project, git):
    text = (project / "Makefile").read_text()
    assert "lint: setup ## Mine" in text
    assert "Show every target" in text
    assert not (project / "CODEOWNERS").exists()
    assert git(project, "status", "--porcelain") == ""


@pytest.fixture
def first_runs(editions):
    """Let the version that runs be the recorded one."""
    with released("0.1.0", editions["at"] / "0.1.0"):
        yield


def test_a_clone_finds_the_branch_where_it_came_from(project, bring, git, tmp_path):
    edit(git, project)
    git(tmp_path, "clone", "--quiet", str(project), "clone")
    clone = tmp_path / "clone"
    assert git(clone, "branch", "--list", "modelyard-template") == ""
    assert bring(clone).conflicts == []
    is_good(clone, git)
    assert git(clone, "merge-base", "--is-ancestor", "origin/modelyard-template", "modelyard-template") == ""


def test_the_merges_of_earlier_updates_are_enough(project, bring, git):
    bring(project)
    edit(git, project)
    git(project, "branch", "--quiet", "-D", "modelyard-template")
    assert bring(project, "0.3.0").conflicts == []
    assert "Show all targets there are" in (project / "Makefile").read_text()
    assert not (project / "docs/how to.md").exists()


def test_a_lost_branch_is_rendered_again_by_the_recorded_version(project, bring, git, first_runs):
    edit(git, project)
    git(project, "branch", "--quiet", "-D", "modelyard-template")
    assert bring(project).conflicts == []
    is_good(project, git)
    said = git(project, "log", "--format=%s", "modelyard-template").splitlines()
    assert [line.split(" of ")[1] for line in said] == [f"modelyard {n}, as rendered" for n in ("0.2.0", "0.1.0")]
    assert bring(project, "0.3.0").conflicts == []


def test_a_shallow_clone_is_updated(project, bring, git, first_runs, tmp_path):
    edit(git, project)
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{project}", "clone")
    assert bring(tmp_path / "clone").conflicts == []
    is_good(tmp_path / "clone", git)


def test_after_a_squashed_update_the_next_one_starts_from_the_right_render(project, bring, git):
    edit(git, project)
    bring(project, branch="newer")
    git(project, "merge", "--quiet", "--squash", "newer")
    git(project, "commit", "-qm", "Squashed\n\n" + git(project, "log", "--format=%B", "main..newer"))
    git(project, "update-ref", "refs/heads/modelyard-template", "newer^2")
    git(project, "branch", "--quiet", "-D", "newer")
    is_good(project, git)
    result = bring(project, "0.3.0")
    assert (result.from_version, result.conflicts) == ("0.2.0", [])
    assert "Show all targets there are" in (project / "Makefile").read_text()


def test_a_squashed_update_without_its_branch_is_rendered_again(project, bring, git, editions):
    edit(git, project)
    bring(project, branch="newer")
    git(project, "merge", "--quiet", "--squash", "newer")
    git(project, "commit", "-qm", "Squashed\n\n" + git(project, "log", "--format=%B", "main..newer"))
    git(project, "branch", "--quiet", "-D", "newer", "modelyard-template")
    with released("0.2.0", editions["at"] / "0.2.0"):
        result = bring(project, "0.3.0")
    assert (result.from_version, result.conflicts) == ("0.2.0", [])
    assert "lint: setup ## Mine" in (project / "Makefile").read_text()


def test_a_reverted_update_comes_again(project, bring, git):
    edit(git, project)
    bring(project)
    git(project, "revert", "--no-edit", "-m", "1", "HEAD")
    assert "Show the targets" in (project / "Makefile").read_text()
    assert bring(project).conflicts == []
    is_good(project, git)


def test_a_side_branch_without_the_last_update_gets_it(project, bring, git):
    edit(git, project)
    git(project, "branch", "side")
    bring(project)
    render = git(project, "rev-parse", "modelyard-template")
    git(project, "switch", "--quiet", "side")
    assert bring(project).conflicts == []
    is_good(project, git)
    assert git(project, "rev-parse", "modelyard-template") == render
    git(project, "merge", "--quiet", "main")


@pytest.fixture
def uv(tmp_path, monkeypatch, editions):
    """Put a stand-in for uv on PATH, which has versions of modelyard in folders instead of an index."""
    shelf = tmp_path / "shelf"
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()

    def stock(version):
        site = shelf / version
        (site / "modelyard").mkdir(parents=True)
        for entry in SRC.iterdir():
            if entry.name not in {"_templates", "__pycache__"}:
                (site / "modelyard" / entry.name).symlink_to(entry)
        (site / "modelyard/_stacks").symlink_to(assets.stacks())
        shutil.copytree(editions["at"] / version, site / "modelyard/_templates")
        info = site / f"modelyard-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: modelyard\nVersion: {version}\n")

    script = bin_folder / "uv"
    script.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "wanted = sys.argv[sys.argv.index('--with') + 1]\n"
        f"site = os.path.join({str(shelf)!r}, wanted.partition('==')[2])\n"
        "if not os.path.isdir(site) or not wanted.partition('==')[2]:\n"
        "    sys.exit(f'  x No solution found: there is no {wanted}')\n"
        "os.environ['PYTHONPATH'] = site\n"
        "rest = sys.argv[sys.argv.index('-P') + 1:]\n"
        f"os.execv({sys.executable!r}, [{sys.executable!r}, *rest])\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{bin_folder}:{os.environ['PATH']}")
    return stock


def test_the_recorded_version_is_fetched_when_another_one_runs(project, bring, git, uv):
    uv("0.1.0")
    edit(git, project)
    git(project, "branch", "--quiet", "-D", "modelyard-template")
    assert bring(project).conflicts == []
    is_good(project, git)


def test_what_cannot_be_rendered_again_is_refused_with_the_ways_out(project, bring, git, uv):
    git(project, "branch", "--quiet", "-D", "modelyard-template")
    head = git(project, "rev-parse", "HEAD")
    with pytest.raises(OutsideError) as caught:
        bring(project)
    assert caught.value.code == "no_template_branch"
    assert "there is no modelyard==0.1.0" in caught.value.message
    assert "git fetch origin modelyard-template" in caught.value.hint
    assert git(project, "rev-parse", "HEAD") == head


def test_a_version_that_nobody_rendered_is_told_from_a_lost_branch(project, bring, git, uv):
    record = project / ".copier-answers.yml"
    record.write_text(record.read_text().replace("_commit: 0.1.0", "_commit: 0.0.9"))
    git(project, "commit", "-qam", "By hand")
    with pytest.raises(OutsideError) as caught:
        bring(project)
    assert caught.value.code == "no_render"
    assert "0.0.9" in caught.value.message
    assert "_commit" in caught.value.hint


def test_another_way_to_write_the_same_version_is_the_same(project, bring, git):
    record = project / ".copier-answers.yml"
    record.write_text(record.read_text().replace("_commit: 0.1.0", "_commit: '0.1'"))
    git(project, "commit", "-qam", "By hand")
    assert bring(project).conflicts == []


def test_without_uv_the_refusal_says_so(project, bring, git, monkeypatch, tmp_path):
    git(project, "branch", "--quiet", "-D", "modelyard-template")
    (tmp_path / "only").mkdir()
    (tmp_path / "only/git").symlink_to(shutil.which("git"))
    (tmp_path / "prefix/bin").mkdir(parents=True)
    monkeypatch.setenv("PATH", str(tmp_path / "only"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "prefix/bin/python"))
    with pytest.raises(OutsideError, match="uv, which is not installed"):
        bring(project)


def test_to_names_a_version_that_uv_brings(project, git, uv):
    from modelyard.scaffold.update.update import UpdateRequest, update

    uv("0.2.0")
    edit(git, project)
    result = update(UpdateRequest(project, to="0.2.0", lock=False))
    assert (result.from_version, result.to) == ("0.1.0", "0.2.0")
    is_good(project, git)
    with pytest.raises(OutsideError, match=r"modelyard==0\.9\.0"):
        update(UpdateRequest(project, to="0.9.0", lock=False))


@pytest.mark.parametrize(("to", "code"), [("0.0.9", "older"), ("newest", "bad_version"), ("../x", "bad_version")])
def test_to_refuses_what_is_older_or_no_version(project, to, code):
    from modelyard.scaffold.update.update import UpdateRequest, update

    with pytest.raises(RequestError) as caught:
        update(UpdateRequest(project, to=to))
    assert caught.value.code == code


def test_latest_without_an_index_is_the_development_version_that_runs(project, git, uv, editions):
    from modelyard.scaffold.update.update import UpdateRequest, update

    with released("0.2.0.dev1", editions["at"] / "0.2.0"):
        assert update(UpdateRequest(project, to="latest", look=True)).to == "0.2.0.dev1"
    with released("0.2.0", editions["at"] / "0.2.0"), pytest.raises(OutsideError):
        update(UpdateRequest(project, to="latest", look=True))
