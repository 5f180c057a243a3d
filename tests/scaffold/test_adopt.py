"""`adopt` adds what an existing repository lacks, leaves every file that is there, and can be updated afterwards."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from template_versions import released
from typer.testing import CliRunner

from modelyard import config
from modelyard.cli import app
from modelyard.errors import OutsideError, RequestError
from modelyard.scaffold.profile import Overrides
from modelyard.scaffold.update import files
from modelyard.scaffold.update.update import UpdateRequest, update

pytestmark = pytest.mark.slow

KILLED = """
import os, sys
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from here_renderer import HereRenderer
from template_versions import released
from modelyard.scaffold.adopt import adopt
from modelyard.scaffold.new import NewRequest
from modelyard.scaffold.profile import Overrides
from modelyard.scaffold.update import files

real, seen = files.place, []

def place(*arguments):
    seen.append(arguments)
    if len(seen) == 9:
        os._exit(9)
    real(*arguments)

files.place = place
folder, versions = map(Path, sys.argv[1:3])
request = NewRequest(folder, str(folder / "data/houses.csv"), Overrides(target="price"), lock=False)
with released("0.1.0", versions):
    adopt(request, renderer=HereRenderer())
"""


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def commit(git, folder):
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "Adopted")


def test_what_is_missing_is_added_and_what_is_there_is_kept(repository, take, git):
    before = contents(repository)
    head = git(repository, "rev-parse", "HEAD")
    result = take(repository)
    after = contents(repository)
    assert {path: after[path] for path in before} == before
    assert sorted(set(after) - set(before)) == result.added
    assert result.kept == ["Makefile", "README.md"]
    assert git(repository, "rev-parse", "HEAD") == head
    assert {line[:2] for line in git(repository, "status", "--porcelain").splitlines()} == {"??"}
    project = config.load(repository)
    assert (project.config.name, project.config.data.source) == ("house-prices", "data/house-prices.parquet")
    assert yaml.safe_load(after[".copier-answers.yml"])["_kept"] == ["Makefile", "README.md"]


def test_the_answer_is_that_of_new_and_more(repository, take):
    answer = take(repository).model_dump(mode="json")
    keys = {"path", "template", "version", "data", "target", "task", "columns", "metric", "split", "next"}
    assert keys | {"added", "kept"} <= set(answer)
    assert (answer["target"], answer["task"], answer["data"]["rows"]) == ("price", "regression", 200)
    assert any("git add" in step for step in answer["next"])


def test_the_second_time_nothing_is_added(repository, take, git):
    first = take(repository)
    before = contents(repository)
    again = take(repository)
    assert (again.added, again.kept) == ([], sorted({*first.added, *first.kept} & set(again.kept)))
    assert set(first.added) <= set(again.kept)
    assert contents(repository) == before
    commit(git, repository)
    (repository / "Dockerfile").unlink()  # on purpose
    assert take(repository).added == []
    assert not (repository / "Dockerfile").exists()


def test_what_was_adopted_is_updated_and_what_was_kept_is_not(repository, take, git, editions, bring):
    take(repository)
    commit(git, repository)
    result = update(UpdateRequest(repository, lock=False), edition=editions["0.2.0"])
    assert result.conflicts == []
    assert "docs/how to.md" in result.changed
    assert not {"Makefile", "README.md"} & set(result.changed)
    assert (repository / "README.md").read_text() == "# Mine\n"
    assert '"""Second. ' in (repository / "src/pipeline/features.py").read_text()
    assert not (repository / "CODEOWNERS").exists()
    assert git(repository, "status", "--porcelain") == ""
    assert bring(repository, "0.3.0").conflicts == []
    assert (repository / "Makefile").read_text() == "all:\n\techo mine\n"


def test_it_is_updated_in_a_clone_without_the_branch_too(repository, take, git, editions, tmp_path):
    take(repository)
    commit(git, repository)
    git(tmp_path, "clone", "--quiet", "--single-branch", str(repository), "clone")
    with released("0.1.0", editions["at"] / "0.1.0"):
        result = update(UpdateRequest(tmp_path / "clone", lock=False), edition=editions["0.2.0"])
    assert result.conflicts == []
    assert (tmp_path / "clone/README.md").read_text() == "# Mine\n"


def test_what_was_adopted_passes_its_own_tests(repository, take):
    take(repository)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=repository, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_kept_files_come_with_what_to_do_about_them(repository, take, git):
    (repository / "pyproject.toml").write_text("[project]\nname = 'mine'\nversion = '1'\n")
    (repository / ".gitignore").write_text("*.parquet\n")
    (repository / "tests").mkdir()
    (repository / "tests/conftest.py").write_text("")
    commit(git, repository)
    result = take(repository)
    steps = "\n".join(result.next)
    assert "uv add 'modelyard[serve]==0.1.0'" in steps
    assert ".modelyard/" in steps
    assert "tests/conftest.py" in steps
    assert "uv run modelyard run" in steps
    assert any("data/house-prices.parquet" in warning for warning in result.warnings)
    assert (repository / "pyproject.toml").read_text().startswith("[project]\nname = 'mine'")


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_folder_that_is_none_is_refused_and_nothing_is_added(repository, take, kind):
    if kind == "file":
        (repository / "tests").write_text("not a folder\n")
    else:
        (repository / "tests").symlink_to("data")
    before = contents(repository)
    with pytest.raises(RequestError) as caught:
        take(repository)
    assert (caught.value.code, contents(repository)) == ("in_the_way", before)
    assert "tests" in caught.value.message


def test_no_repository_and_no_folder_and_no_commit_are_refused(repository, take, git, tmp_path):
    before = contents(repository)
    (repository / ".git").rename(tmp_path / "gone")
    with pytest.raises(RequestError, match="no git repository"):
        take(repository)
    git(repository, "init", "--quiet")
    with pytest.raises(RequestError, match="no commit"):
        take(repository)
    with pytest.raises(RequestError, match="no folder"):
        take(repository / "nonesuch")
    assert contents(repository) == before


def test_no_table_lists_those_in_the_repository(repository, take):
    with pytest.raises(RequestError) as caught:
        take(repository, data=None)
    assert "data/houses.csv" in caught.value.hint


@pytest.mark.parametrize(
    "wrong", [{"overrides": Overrides(target="nonesuch")}, {"github": "nowhere"}, {"data": "no.csv"}]
)
def test_a_wrong_request_adds_nothing(repository, take, git, wrong):
    before = contents(repository)
    with pytest.raises(RequestError):
        take(repository, **wrong)
    assert contents(repository) == before
    assert git(repository, "branch", "--list") == "* main"


def test_the_record_of_another_template_is_not_overwritten(repository, take, git):
    (repository / ".copier-answers.yml").write_text("_src_path: gh:somebody/else\n_commit: v1\n")
    with pytest.raises(RequestError, match="gh:somebody/else"):
        take(repository)
    assert git(repository, "status", "--porcelain") == "?? .copier-answers.yml"


@pytest.mark.parametrize("at", [1, 7, 20])
def test_a_failure_in_the_middle_takes_everything_away_again(repository, take, git, monkeypatch, at):
    before = contents(repository)
    real, seen = files.place, []

    def place(*arguments):
        seen.append(arguments)
        if len(seen) == at:
            raise OSError(28, "No space left on device", str(arguments[1]))
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(files, "place", place)
        with pytest.raises((OSError, OutsideError)):
            take(repository)
    assert contents(repository) == before
    assert git(repository, "branch", "--list") == "* main"
    assert take(repository).added


def test_a_kill_in_the_middle_is_ended_by_the_next_run(repository, take, git, editions, tmp_path):
    twin = Path(shutil.copytree(repository, tmp_path / "twin" / repository.name))
    wanted = take(twin)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(repository), str(editions["at"] / "0.1.0"), *sys.path], check=False
    )
    assert done.returncode == 9
    half = set(contents(repository))
    assert set(wanted.kept) < half < {*wanted.added, *wanted.kept, "data/houses.csv", "explore.py"}
    again = take(repository)
    assert (again.added, again.kept) == (wanted.added, wanted.kept)
    assert contents(repository) == contents(twin)
    assert git(repository, "rev-parse", "modelyard-template^{tree}") == git(
        twin, "rev-parse", "modelyard-template^{tree}"
    )


def test_the_command_answers_in_json_and_exits_2_on_a_wrong_request(repository, editions):
    with released("0.1.0", editions["at"] / "0.1.0"):
        table = str(repository / "data/houses.csv")
        options = ["adopt", str(repository), "--data", table, "--target", "price", "--no-lock", "--json"]
        done = CliRunner().invoke(app, options)
        assert done.exit_code == 0, done.output
        answer = json.loads(done.stdout)
        assert answer["kept"] == ["Makefile", "README.md"]
        assert "modelyard.yaml" in answer["added"]
        wrong = CliRunner().invoke(app, ["adopt", str(repository), "--json"])
        assert (wrong.exit_code, json.loads(wrong.stdout)["error"]["code"]) == (2, "no_data")
