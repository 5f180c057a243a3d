"""The record may be changed by hand: a good answer is rendered, a bad one is refused by name."""

import pytest
import yaml

from modelyard.errors import RequestError
from modelyard.scaffold.update import recorded

pytestmark = pytest.mark.slow

FILE = ".copier-answers.yml"


def change(git, project, old, new):
    text = (project / FILE).read_text()
    assert old in text
    (project / FILE).write_text(text.replace(old, new, 1))
    git(project, "commit", "-qam", "By hand")


def test_a_changed_answer_is_rendered_without_a_new_version(project, bring, git):
    change(git, project, "owner: ''", "owner: acme")
    result = bring(project, "0.1.0")
    assert result.changed == ["CODEOWNERS"]
    assert "@acme" in (project / "CODEOWNERS").read_text()
    assert bring(project, "0.1.0").waits is False


def test_a_changed_answer_and_its_comment_stay_through_an_update(project, bring, git):
    change(git, project, "owner: ''", "# We moved.\nowner: acme")
    assert bring(project).conflicts == []
    text = (project / FILE).read_text()
    assert "# We moved.\nowner: acme\n" in text
    assert yaml.safe_load(text)["_commit"] == "0.2.0"
    assert yaml.safe_load(text)["modelyard_version"] == "0.2.0"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("python_version: '3.11'", "python_version: 3.10", "python_version: 3.1"),
        ("python_version: '3.11'", "python_version: '2.7'", "python_version"),
        ("task: multiclass", "task: guessing", "task"),
        ("owner: ''", "ownr: ''", "ownr"),
        ("task: multiclass", "task: [multi", "line"),
        ("_commit: 0.1.0", "_commit: HEAD", "HEAD"),
        ("_commit: 0.1.0", "_commit: 0.10", "put it in quotes"),
        ("_src_path: modelyard:tabular", "_src_path: gh:somebody/else", "gh:somebody/else"),
        ("_src_path: modelyard:tabular", "_src_path: modelyard:nonesuch", "nonesuch"),
        ("_src_path: modelyard:tabular", "_src_path: modelyard:../tabular", "modelyard:../tabular"),
        ("_commit: 0.1.0\n", "_kept: all\n_commit: 0.1.0\n", "_kept"),
    ],
)
def test_a_wrong_record_is_refused_by_name(project, bring, git, old, new, named, editions):
    change(git, project, old, new)
    head = git(project, "rev-parse", "HEAD")
    with pytest.raises(RequestError) as caught:
        bring(project)
    assert named in caught.value.message
    assert caught.value.hint
    assert git(project, "rev-parse", "HEAD") == head
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.parametrize("text", [b"- a list\n", b"\xff\xfe", b"", b"a: 1\n  b: 2\n"])
def test_no_record_at_all_is_refused(project, bring, git, text):
    (project / FILE).write_bytes(text)
    git(project, "commit", "-qam", "Broken")
    with pytest.raises(RequestError) as caught:
        bring(project)
    assert caught.value.exit_code == 2


def test_a_record_that_is_not_committed_is_refused(project, bring, git):
    git(project, "rm", "--quiet", "--cached", FILE)
    git(project, "commit", "-qm", "Not tracked")
    with pytest.raises(RequestError) as caught:
        bring(project)
    assert caught.value.code == "no_answers"


def test_a_file_named_as_kept_is_left_alone(project, bring, git):
    (project / FILE).write_text((project / FILE).read_text() + "_kept:\n- Makefile\n- docs/how to.md\n")
    git(project, "commit", "-qam", "Mine alone")
    result = bring(project)
    assert not {"Makefile", "docs/how to.md"} & set(result.changed)
    assert "Show the targets" in (project / "Makefile").read_text()
    assert yaml.safe_load((project / FILE).read_text())["_kept"] == ["Makefile", "docs/how to.md"]
    assert bring(project, "0.3.0").conflicts == []
    assert "Show the targets" in (project / "Makefile").read_text()


def test_a_new_question_takes_its_default_or_what_is_answered(project, bring, git, editions, tmp_path):
    from template_versions import edition

    from modelyard.scaffold.update.update import UpdateRequest, update

    def ask_more(template):
        text = (template / "copier.yml").read_text()
        (template / "copier.yml").write_text(text + "\ncolour:\n  type: str\n  help: Which?\n  default: green\n")
        (template / "colour.txt.jinja").write_text("{{ colour }}\n")

    newer = edition("0.2.0", tmp_path / "newer", ask_more)
    heard = []

    def ask(questions):
        heard.append(list(questions))
        return {"colour": "red"}

    assert "+green" in update(UpdateRequest(project, look=True), edition=newer).diff
    update(UpdateRequest(project, lock=False, ask=ask), edition=newer)
    assert heard == [["colour"]]
    assert (project / "colour.txt").read_text() == "red\n"
    assert yaml.safe_load((project / FILE).read_text())["colour"] == "red"


def test_a_question_that_is_no_longer_asked_is_forgotten(project, git, tmp_path):
    from template_versions import edition

    from modelyard.scaffold.update.update import UpdateRequest, update

    def ask_less(template):
        document = (template / "copier.yml").read_text()
        start = document.index("\nowner:")
        (template / "copier.yml").write_text(document[:start] + document[document.index("\n\n", start + 1) + 1 :])
        (template / "CODEOWNERS.jinja").unlink()

    change(git, project, "owner: ''", "owner: acme")
    update(UpdateRequest(project, lock=False), edition=edition("0.2.0", tmp_path / "newer", ask_less))
    assert "owner" not in yaml.safe_load((project / FILE).read_text())


def test_merging_the_record_keeps_what_only_we_have():
    ours = b"# mine\n_commit: 1\nb: 2 # why\n_kept:\n- x\n\na:\n- 1\n- 2\n"
    rendered = b"_commit: 2\na:\n- 1\n- 2\nb: 2\nc: 3\n"
    assert recorded.merged(ours, rendered, b"_commit: 1\n") == (
        b"# mine\n_commit: 2\nb: 2 # why\n_kept:\n- x\n\na:\n- 1\n- 2\nc: 3\n"
    )
    assert recorded.merged(b"x: 1\ny: 2", b"y: 3\n", b"x: 1\ny: 2\n") == b"y: 3\n"
