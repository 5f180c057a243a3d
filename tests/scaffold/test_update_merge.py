"""An update brings what the template changed and keeps what the user changed; what cannot be both is a conflict."""

import pytest
import yaml

pytestmark = pytest.mark.slow

MINE = "help: ## Show MY targets"


def commit(git, project, message="Mine"):
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", message)


def rewrite(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_what_the_template_changed_arrives(project, bring, git):
    born = {name: (project / name).read_bytes() for name in ("modelyard.yaml", "contract.yaml", "MODEL_CARD.md")}
    result = bring(project)
    assert result.model_dump(mode="json", by_alias=True) == {
        "from": "0.1.0",
        "to": "0.2.0",
        "changed": result.changed,
        "conflicts": [],
        "branch": "main",
    }
    assert {"Makefile", "docs/how to.md", "CODEOWNERS", "tests/test_own_metrics.py"} <= set(result.changed)
    assert "Show every target" in (project / "Makefile").read_text()
    assert (project / "docs/how to.md").read_text() == "# How to\n\nFirst.\n"
    assert not (project / "CODEOWNERS").exists()
    assert not (project / "tests/test_metrics.py").exists()
    assert "modelyard[serve]==0.2.0" in (project / "pyproject.toml").read_text()
    assert {name: (project / name).read_bytes() for name in born} == born
    assert git(project, "status", "--porcelain") == ""


def test_the_render_is_the_merged_parent_and_the_base_of_the_next_update(project, bring, git):
    first = git(project, "rev-parse", "HEAD")
    bring(project)
    assert git(project, "log", "-1", "--format=%P").split() == [first, git(project, "rev-parse", "modelyard-template")]
    assert git(project, "merge-base", "HEAD", "modelyard-template") == git(project, "rev-parse", "modelyard-template")
    rewrite(project / "Makefile", "lint: setup ## Check style and types", "lint: setup ## Look closely")
    commit(git, project)
    assert bring(project, "0.3.0").conflicts == []
    text = (project / "Makefile").read_text()
    assert "Show all targets there are" in text
    assert "Look closely" in text
    assert sorted(path.name for path in (project / "docs").iterdir()) == ["why.md"]


def test_the_branch_holds_renders_and_nothing_born_from_data(project, bring, git):
    def held():
        return git(project, "ls-tree", "-r", "--name-only", "modelyard-template").splitlines()

    assert not {"modelyard.yaml", "contract.yaml", "data/churn.parquet", "uv.lock"} & set(held())
    card = git(project, "rev-parse", "modelyard-template:MODEL_CARD.md")
    bring(project)
    assert "docs/how to.md" in held()
    assert "CODEOWNERS" not in held()
    assert git(project, "rev-parse", "modelyard-template:MODEL_CARD.md") == card


def test_what_new_puts_on_the_branch_is_what_an_update_would_render(project, bring, git):
    assert bring(project, "0.1.0").changed == []
    assert git(project, "log", "--oneline").count("\n") == 0


def test_the_second_time_there_is_nothing_to_do(project, bring, git):
    bring(project)
    head = git(project, "rev-parse", "HEAD")
    result = bring(project)
    assert (result.changed, result.conflicts, result.waits) == ([], [], False)
    assert git(project, "rev-parse", "HEAD") == head


def test_a_conflict_is_the_usual_one_and_can_be_settled_or_taken_back(project, bring, git):
    rewrite(project / "Makefile", "help: ## Show the targets", MINE)
    commit(git, project)
    head = git(project, "rev-parse", "HEAD")
    result = bring(project)
    assert [conflict.path for conflict in result.conflicts] == ["Makefile"]
    assert "+help: ## Show every target" in result.conflicts[0].diff
    assert "Makefile" not in result.changed
    assert git(project, "status", "--porcelain").splitlines()[0] != ""
    assert "UU Makefile" in git(project, "status", "--porcelain")
    text = (project / "Makefile").read_text()
    assert f"<<<<<<< HEAD\n{MINE}\n" in text
    assert ">>>>>>> modelyard-0.2.0" in text

    git(project, "merge", "--abort")
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "rev-parse", "HEAD") == head
    assert MINE in (project / "Makefile").read_text()

    bring(project)
    rewrite(project / "Makefile", text[text.index("<<<") : text.index(">>>>>>> modelyard-0.2.0") + 23], MINE)
    commit(git, project, "Settled")
    assert len(git(project, "log", "-1", "--format=%P").split()) == 2
    assert bring(project).waits is False
    assert MINE in (project / "Makefile").read_text()


def test_a_file_that_the_user_deleted_stays_deleted_and_that_is_said(project, bring, git):
    (project / "Makefile").unlink()
    commit(git, project)
    result = bring(project)
    assert result.conflicts == []
    assert not (project / "Makefile").exists()
    assert any("Makefile was deleted here" in note for note in result.notes)
    assert bring(project, "0.3.0").conflicts == []
    assert not (project / "Makefile").exists()


def test_a_file_that_the_template_deleted_and_the_user_changed_is_a_conflict(project, bring, git):
    (project / "CODEOWNERS").write_text("* @mine\n")
    commit(git, project)
    result = bring(project)
    assert [conflict.path for conflict in result.conflicts] == ["CODEOWNERS"]
    assert result.conflicts[0].diff.startswith("--- a/CODEOWNERS\n+++ /dev/null\n")
    assert (project / "CODEOWNERS").read_text() == "* @mine\n"
    assert "UD CODEOWNERS" in git(project, "status", "--porcelain")


def test_changes_follow_a_file_that_the_user_moved(project, bring, git):
    (project / "src/pipeline/features.py").rename(project / "src/pipeline/columns.py")
    commit(git, project)
    assert bring(project).conflicts == []
    assert '"""Second. ' in (project / "src/pipeline/columns.py").read_text()
    assert not (project / "src/pipeline/features.py").exists()


def test_changes_follow_a_file_that_the_template_moved(project, bring, git):
    path = project / "tests/test_metrics.py"
    path.write_text(path.read_text() + "\n\ndef test_mine() -> None:\n    assert True\n")
    commit(git, project)
    assert bring(project).conflicts == []
    assert "test_mine" in (project / "tests/test_own_metrics.py").read_text()
    assert not path.exists()


def test_a_new_file_of_both_is_a_conflict_and_an_equal_one_is_none(project, bring, git):
    (project / "docs").mkdir()
    (project / "docs/how to.md").write_text("# Mine\n")
    commit(git, project)
    assert [conflict.path for conflict in bring(project).conflicts] == ["docs/how to.md"]
    assert "# Mine" in (project / "docs/how to.md").read_text()
    git(project, "merge", "--abort")
    (project / "docs/how to.md").write_text("# How to\n\nFirst.\n")
    commit(git, project)
    assert bring(project).conflicts == []


@pytest.mark.parametrize("kind", ["file for a folder", "folder for a file", "link"])
def test_a_place_given_to_something_else_is_a_conflict_and_stays(project, bring, git, kind):
    if kind == "file for a folder":
        (project / "docs").write_text("mine\n")
    elif kind == "folder for a file":
        (project / "Makefile").unlink()
        (project / "Makefile").mkdir()
        (project / "Makefile/mine").write_text("mine\n")
    else:
        (project / "Makefile").unlink()
        (project / "Makefile").symlink_to("README.md")
    commit(git, project)
    result = bring(project)
    assert [conflict.path for conflict in result.conflicts] == [
        "docs/how to.md" if kind == "file for a folder" else "Makefile"
    ]
    if kind == "link":
        assert (project / "Makefile").readlink().name == "README.md"
    else:
        assert (project / ("docs" if kind == "file for a folder" else "Makefile/mine")).read_text() == "mine\n"
    git(project, "merge", "--abort")
    assert git(project, "status", "--porcelain") == ""


def test_links_exec_bits_and_awkward_names_of_the_user_stay(project, bring, git):
    (project / "Makefile").chmod(0o755)
    (project / "näh maschine.txt").write_text("ü\n")
    (project / "link to it").symlink_to("näh maschine.txt")
    (project / b"latin-\xe9.txt".decode("utf-8", "surrogateescape")).write_text("x\n")
    commit(git, project)
    assert bring(project).conflicts == []
    assert (project / "Makefile").stat().st_mode & 0o111
    assert "Show every target" in (project / "Makefile").read_text()
    assert (project / "link to it").read_text() == "ü\n"
    assert (project / b"latin-\xe9.txt".decode("utf-8", "surrogateescape")).exists()


def test_a_file_kept_with_other_line_ends_gets_the_change_in_them(project, bring, git):
    (project / ".gitattributes").write_text("* -text\n")
    commit(git, project)
    path = project / "Makefile"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").replace(b"## Check style", b"## Mine"))
    commit(git, project)
    assert bring(project).conflicts == []
    content = path.read_bytes()
    assert b"Show every target\r\n" in content
    assert b"## Mine" in content
    assert content.count(b"\n") == content.count(b"\r\n")


def test_the_updated_tree_is_what_the_new_template_renders(project, bring, git, editions, tmp_path):
    bring(project)
    made = tmp_path / "made"
    recorded = yaml.safe_load((project / ".copier-answers.yml").read_text())
    answers = {name: value for name, value in recorded.items() if not name.startswith("_")}
    editions["0.2.0"].pristine("tabular", answers, made)
    once = {"MODEL_CARD.md", "data/README.md"}
    wanted = {path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*") if path.is_file()}
    assert {name: (project / name).read_bytes() for name in wanted if name not in once} == {
        name: content for name, content in wanted.items() if name not in once
    }
