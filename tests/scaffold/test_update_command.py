"""The command `modelyard update`: options, JSON, exit codes and questions."""

import json

import pytest
from template_versions import edition, released
from typer.testing import CliRunner

from modelyard.cli import app

pytestmark = pytest.mark.slow


@pytest.fixture
def call(project, editions):
    """Return a function that runs the command as version 0.2.0."""

    def run(*options, number="0.2.0", at=project, typed=None):
        with released(number, editions["at"] / number):
            return CliRunner().invoke(app, ["update", "--no-lock", "--project", str(at), *options], input=typed)

    return run


def in_conflict(project, git):
    text = (project / "Makefile").read_text()
    (project / "Makefile").write_text(text.replace("Show the targets", "Mine"))
    git(project, "commit", "-qam", "Mine")


def test_the_answer_has_the_keys_that_scripts_rely_on(call, project, git):
    done = call("--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 0, done.output
    assert set(answer) == {"from", "to", "changed", "conflicts", "branch"}
    assert (answer["from"], answer["to"], answer["branch"], answer["conflicts"]) == ("0.1.0", "0.2.0", "main", [])
    assert "Makefile" in answer["changed"]
    assert git(project, "status", "--porcelain") == ""


def test_a_conflict_exits_1_with_the_list(call, project, git):
    in_conflict(project, git)
    done = call("--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 1
    assert answer["error"]["code"] == "conflicts"
    assert "merge --abort" in answer["error"]["hint"]
    assert [set(conflict) for conflict in answer["conflicts"]] == [{"path", "diff"}]
    assert "UU Makefile" in git(project, "status", "--porcelain")


def test_check_exits_1_while_an_update_waits_and_touches_nothing(call, project, git):
    head = git(project, "rev-parse", "HEAD")
    done = call("--check", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "update_waits"
    assert git(project, "rev-parse", "HEAD") == head
    assert call().exit_code == 0
    again = call("--check")
    assert (again.exit_code, "Nothing to do" in again.output) == (0, True)


def test_a_dry_run_shows_the_difference_and_touches_nothing(call, project, git):
    in_conflict(project, git)
    head = git(project, "rev-parse", "HEAD")
    done = call("--dry-run")
    assert done.exit_code == 0
    assert "conflict  Makefile" in done.output
    assert "+# How to" in done.output
    assert (git(project, "rev-parse", "HEAD"), git(project, "status", "--porcelain")) == (head, "")


def test_a_branch_gets_the_update_and_the_users_files_stay(call, project, git):
    in_conflict(project, git)
    (project / "README.md").write_text("not committed\n")
    refs = git(project, "for-each-ref")
    done = call("--branch", "newer", "--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 0, done.output
    assert (answer["branch"], [conflict["path"] for conflict in answer["conflicts"]]) == ("newer", ["Makefile"])
    assert "+help: ## Show every target" in answer["conflicts"][0]["diff"]
    assert "help: ## Mine" in git(project, "show", "newer:Makefile")
    assert "<<<<<<<" not in git(project, "grep", "-h", "", "newer", "--", ":!data", ":!vendor")
    assert git(project, "show", "newer:docs/how to.md") == "# How to\n\nFirst."
    assert git(project, "log", "-1", "--format=%P", "newer").split()[0] == git(project, "rev-parse", "main")
    assert git(project, "status", "--porcelain") == "M README.md"
    assert (project / "README.md").read_text() == "not committed\n"
    others = [line for line in git(project, "for-each-ref").splitlines() if not line.endswith("refs/heads/newer")]
    assert others == refs.splitlines()


def test_a_branch_of_an_update_is_made_again_and_any_other_is_refused(call, project, git):
    assert call("--branch", "newer").exit_code == 0
    first = git(project, "rev-parse", "newer")
    in_conflict(project, git)
    assert call("--branch", "newer", "--json").exit_code == 0
    assert git(project, "rev-parse", "newer") != first
    git(project, "branch", "mine")
    for name, code in (("mine", "branch_exists"), ("main", "branch_in_use"), ("a..b", "bad_branch")):
        done = call("--branch", name, "--json")
        assert (done.exit_code, json.loads(done.stdout)["error"]["code"]) == (2, code)
    assert call("--branch", "modelyard-template").exit_code != 0


def test_nothing_waits_makes_no_branch(call, project, git):
    call()
    done = call("--branch", "newer", "--json")
    assert (done.exit_code, json.loads(done.stdout)["branch"]) == (0, None)
    assert git(project, "branch", "--list", "newer") == ""


def test_a_new_question_is_asked_on_a_terminal_only(project, git, tmp_path, monkeypatch):
    def ask_more(template):
        text = (template / "copier.yml").read_text()
        more = "\ncolour:\n  type: str\n  help: Which colour?\n  choices: [green, red]\n  default: green\n"
        (template / "copier.yml").write_text(text + more)
        (template / "colour.txt.jinja").write_text("{{ colour }}\n")

    edition("0.2.0", tmp_path / "newer", ask_more)
    from modelyard.cli import update as command

    with released("0.2.0", tmp_path / "newer"):
        monkeypatch.setattr(command, "_on_a_terminal", lambda: True)
        done = CliRunner().invoke(app, ["update", "--no-lock", "--project", str(project)], input="red\n")
    assert done.exit_code == 0, done.output
    assert "Which colour? (green, red)" in done.output
    assert (project / "colour.txt").read_text() == "red\n"


def test_a_wrong_answer_to_a_new_question_changes_nothing(project, git, tmp_path, monkeypatch):
    def ask_more(template):
        text = (template / "copier.yml").read_text()
        (template / "copier.yml").write_text(
            text + "\ncolour:\n  type: str\n  choices: [green, red]\n  default: green\n"
        )

    edition("0.2.0", tmp_path / "newer", ask_more)
    from modelyard.cli import update as command

    head = git(project, "rev-parse", "HEAD")
    with released("0.2.0", tmp_path / "newer"):
        monkeypatch.setattr(command, "_on_a_terminal", lambda: True)
        done = CliRunner().invoke(app, ["update", "--no-lock", "--project", str(project)], input="blue\n")
    assert done.exit_code == 2
    assert (git(project, "rev-parse", "HEAD"), git(project, "status", "--porcelain")) == (head, "")


def test_the_lock_follows_where_uv_can_and_is_named_where_it_cannot(project, git, editions, tmp_path, monkeypatch):
    (project / "uv.lock").write_text("# old\n")
    git(project, "add", "--all", "--force")
    git(project, "commit", "-qm", "Lock")
    from modelyard.scaffold.update import relock as module

    monkeypatch.setattr(module, "lock", lambda folder: (folder / "uv.lock").write_text("# new\n") and "")
    with released("0.2.0", editions["at"] / "0.2.0"):
        done = CliRunner().invoke(app, ["update", "--project", str(project), "--json"])
    assert done.exit_code == 0, done.output
    assert git(project, "show", "HEAD:uv.lock") == "# new"
    assert (project / "uv.lock").read_text() == "# new\n"

    monkeypatch.setattr(module, "lock", lambda folder: (folder / "uv.lock").unlink() or "no network")
    with released("0.3.0", editions["at"] / "0.3.0"):
        done = CliRunner().invoke(app, ["update", "--project", str(project)])
    assert done.exit_code == 0, done.output
    assert "`uv lock`, then commit it (no network)" in done.stderr
    assert git(project, "show", "HEAD:uv.lock") == "# new"


def test_a_development_version_brings_its_own_wheel_and_a_release_takes_it_away(project, git, editions):
    def wheels():
        return git(project, "ls-files", "vendor").splitlines()

    with released("0.2.0.dev3", editions["at"] / "0.2.0"):
        assert CliRunner().invoke(app, ["update", "--no-lock", "--project", str(project)]).exit_code == 0
    assert len(wheels()) == 1
    assert f'modelyard = {{ path = "{wheels()[0]}" }}' in (project / "pyproject.toml").read_text()
    with released("0.2.0", editions["at"] / "0.2.0"):
        assert CliRunner().invoke(app, ["update", "--no-lock", "--project", str(project)]).exit_code == 0
    assert wheels() == []
    assert "tool.uv.sources" not in (project / "pyproject.toml").read_text()
    assert not (project / "vendor").exists()


def test_it_is_found_from_below_and_refused_outside(call, project, tmp_path):
    assert call("--check", at=project / "src/pipeline").exit_code == 1
    (tmp_path / "empty").mkdir()
    assert call(at=tmp_path / "empty").exit_code == 2
