"""Templates are rendered with exactly what they ask for."""

from pathlib import Path

import pytest
import yaml

from modelyard.errors import ModelyardError
from modelyard.scaffold.render import render
from modelyard.scaffold.renderer import Renderer

pytestmark = pytest.mark.slow


def test_answers_are_written_and_never_rendered(tmp_path: Path) -> None:
    hostile = '{{ 7 * 7 }} {% raw %} "it\'s" \\ é'
    render("tabular", {"target": hostile}, tmp_path / "out")
    assert hostile in (tmp_path / "out/README.md").read_text(encoding="utf-8")
    answers = yaml.safe_load((tmp_path / "out/.copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["target"] == hostile


def test_answers_hold_what_an_update_needs_and_no_path(tmp_path: Path) -> None:
    render("tabular", {"modelyard_version": "9.8.7"}, tmp_path)
    answers = yaml.safe_load((tmp_path / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["_src_path"] == "modelyard:tabular"
    assert answers["_commit"] == "9.8.7"
    assert answers["modelyard_version"] == "9.8.7"


def test_the_same_answers_give_the_same_files(tmp_path: Path) -> None:
    trees = []
    for name in ("a", "b"):
        render("tabular", {"project_name": "same"}, tmp_path / name)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        trees.append({path.relative_to(tmp_path / name): path.read_bytes() for path in files})
    assert trees[0] == trees[1]


def test_an_answer_to_no_question_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelyardError, match="does not ask for colour"):
        render("tabular", {"colour": "red"}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("answers", [{"project_name": "Not A Slug"}, {"task": "clustering"}, {"python_version": "2.7"}])
def test_an_answer_that_breaks_the_rule_is_refused(tmp_path: Path, answers: dict[str, str]) -> None:
    with pytest.raises(ModelyardError, match="Cannot render"):
        render("tabular", answers, tmp_path / "out")


def test_a_template_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelyardError, match="'nonesuch' is not in this"):
        render("nonesuch", {}, tmp_path / "out")


def test_an_owner_becomes_a_rule_and_no_owner_a_comment(tmp_path: Path) -> None:
    render("tabular", {"owner": "acme/ml"}, tmp_path / "with")
    render("tabular", {}, tmp_path / "without")
    rules = (tmp_path / "with/CODEOWNERS").read_text().splitlines()
    assert next(line.split() for line in rules if not line.startswith("#")) == ["*", "@acme/ml"]
    assert all(line.startswith("#") for line in (tmp_path / "without/CODEOWNERS").read_text().splitlines())


def test_another_process_renders_the_same(tmp_path: Path) -> None:
    render("tabular", {"target": "é {{ 1 }}"}, tmp_path / "here")
    with Renderer() as renderer:
        renderer.render("tabular", {"target": "é {{ 1 }}"}, tmp_path / "there")
    files = sorted(path.relative_to(tmp_path / "here") for path in (tmp_path / "here").rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(tmp_path / "there") for p in (tmp_path / "there").rglob("*") if p.is_file())
    assert all((tmp_path / "here" / f).read_bytes() == (tmp_path / "there" / f).read_bytes() for f in files)


def test_another_process_refuses_in_the_same_words(tmp_path: Path) -> None:
    with Renderer() as renderer, pytest.raises(ModelyardError, match="does not ask for colour"):
        renderer.render("tabular", {"colour": "red"}, tmp_path / "out")


def test_another_process_tells_which_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with Renderer() as renderer, pytest.raises(OSError, match="out"):
        renderer.render("tabular", {}, tmp_path / "out")


def test_a_renderer_that_is_not_needed_ends_with_its_context(tmp_path: Path) -> None:
    with Renderer() as renderer:
        pass
    assert renderer._process.returncode is not None


def test_a_renderer_that_dies_is_told(tmp_path: Path) -> None:
    with Renderer() as renderer:
        renderer._process.kill()
        with pytest.raises(ModelyardError, match="status -9"):
            renderer.render("tabular", {}, tmp_path / "out")
