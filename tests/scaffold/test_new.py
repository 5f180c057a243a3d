"""`new` makes a project from a table, and answers with every decision it took."""

import subprocess
from pathlib import Path

import polars as pl
import pytest
import yaml

from modelyard import config
from modelyard.errors import OutsideError, RequestError
from modelyard.scaffold import new as module
from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.profile import Overrides

pytestmark = pytest.mark.slow


@pytest.fixture
def table(tmp_path: Path) -> Path:
    n = 200
    frame = pl.DataFrame(
        {
            "amount": [float(i * 37 % 101) for i in range(n)],
            "colour": [["red", "green", "blue"][i * 7 % 3] for i in range(n)],
            "mail": [f"someone{i}@example.com" for i in range(n)],
            "churned": ["yes" if i * 13 % 5 == 0 else "no" for i in range(n)],
        }
    )
    frame.write_csv(tmp_path / "customers.csv")
    return tmp_path / "customers.csv"


def request(directory: Path, table: Path | str, **options: object) -> NewRequest:
    chosen = {"target": "churned", **options.pop("overrides", {})}
    return NewRequest(directory, str(table), Overrides(**chosen), **{"git": False, "lock": False, **options})


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_answer_has_the_keys_that_scripts_rely_on(tmp_path: Path, table: Path) -> None:
    answer = new(request(tmp_path / "churn", table)).model_dump(mode="json")
    assert set(answer) >= {
        "path",
        "template",
        "version",
        "data",
        "target",
        "task",
        "columns",
        "metric",
        "split",
        "next",
    }
    assert answer["data"] == {"rows": 200, "columns": 4, "source": "data/churn.parquet"}
    assert set(answer["columns"][0]) == {"name", "type", "role", "reason"}
    assert set(answer["metric"]) == {"name", "dummy"}
    assert set(answer["split"]) == {"by", "column"}
    assert all(decision["reason"] for decision in answer["decisions"])


def test_the_project_can_be_loaded(tmp_path: Path, table: Path) -> None:
    new(request(tmp_path / "churn", table))
    project = config.load(tmp_path / "churn")
    assert project.config.data.source == "data/churn.parquet"
    assert entries(tmp_path) == ["churn", "customers.csv"]


def test_a_repository_holds_one_commit_and_nothing_is_left_over(tmp_path: Path, table: Path) -> None:
    new(request(tmp_path / "churn", table, git=True))
    done = subprocess.run(
        ["git", "log", "--oneline"], cwd=tmp_path / "churn", capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 1
    status = ["git", "status", "--porcelain", "--ignored"]
    assert subprocess.run(status, cwd=tmp_path / "churn", capture_output=True, check=True).stdout == b""


def test_personal_columns_stay_at_home_unless_kept(tmp_path: Path, table: Path) -> None:
    new(request(tmp_path / "a", table))
    new(request(tmp_path / "b", table, overrides={"keep_personal": ("mail",)}))
    assert "mail" not in pl.read_parquet_schema(tmp_path / "a/data/a.parquet")
    assert "mail" in pl.read_parquet_schema(tmp_path / "b/data/b.parquet")


def test_the_demo_needs_no_answer(tmp_path: Path) -> None:
    answer = new(NewRequest(tmp_path / "flights", git=False, lock=False))
    assert (answer.target, answer.split.by, answer.split.column) == ("late", "time", "time_hour")


def test_a_folder_in_use_is_refused_before_the_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn/mine").write_text("mine")
    with pytest.raises(RequestError, match="not empty"):
        new(request(tmp_path / "churn", "no-such-table.csv"))
    assert entries(tmp_path / "churn") == ["mine"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"overrides": {"target": "nonesuch"}},
        {"region": "eu-west-1"},
        {"account": "123456789012"},
        {"platform": "own", "region": "eu-wset-1"},
        {"platform": "shared", "account": "12345"},
        {"github": "not a repository"},
        {"github": "https://github.com/a/b"},
    ],
)
def test_a_wrong_request_leaves_nothing(tmp_path: Path, table: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(RequestError):
        new(request(tmp_path / "churn", table, **wrong))
    assert entries(tmp_path) == ["customers.csv"]


def test_no_target_names_the_candidates(tmp_path: Path, table: Path) -> None:
    with pytest.raises(RequestError) as caught:
        new(NewRequest(tmp_path / "churn", str(table), Overrides(), git=False, lock=False))
    assert "churned" in caught.value.message + caught.value.hint


def test_a_machine_without_git_is_told_before_any_work(
    tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="git is not installed"):
        new(request(tmp_path / "churn", table, git=True))
    assert new(request(tmp_path / "churn", table)).path.endswith("churn")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_failure_in_the_middle_leaves_nothing(
    tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(workshop: Path) -> str:
        assert (workshop / "modelyard.yaml").is_file()
        raise error

    monkeypatch.setattr(module, "lock", fail)
    with pytest.raises((KeyboardInterrupt, OutsideError)):
        new(request(tmp_path / "churn", table, lock=True))
    assert entries(tmp_path) == ["customers.csv"]


def test_a_project_that_could_not_be_locked_says_how(
    tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "lock", lambda _: "uv is not installed")
    steps = new(request(tmp_path / "churn", table, lock=True)).next
    assert any(step.startswith("uv lock") and "uv is not installed" in step for step in steps)


def test_an_owner_reviews(tmp_path: Path, table: Path) -> None:
    new(request(tmp_path / "churn", table, github="acme/churn"))
    assert "@acme" in (tmp_path / "churn/CODEOWNERS").read_text()


def test_a_boosted_estimator_brings_its_library(tmp_path: Path, table: Path) -> None:
    new(request(tmp_path / "churn", table, overrides={"estimator": "xgboost"}))
    assert 'train = ["modelyard[boost]"]' in (tmp_path / "churn/pyproject.toml").read_text()


@pytest.mark.parametrize("folder", ["with space", "Ünïcode 顧客", "-dash", "a'b\"c"])
def test_odd_folders_are_fine(tmp_path: Path, table: Path, folder: str) -> None:
    answer = new(request(tmp_path / folder, table))
    assert (tmp_path / folder / "modelyard.yaml").is_file()
    assert answer.next[0].startswith("cd ")


@pytest.mark.parametrize("name", ["{{ x }}", "a|b`c", "class", "*", "^x.*$", "naïve é", " ", "a\nb"])
def test_odd_targets_are_fine(tmp_path: Path, name: str) -> None:
    rows = pl.DataFrame(
        {"a": [float(i * 7 % 31) for i in range(120)], name: ["p" if i % 3 else "q" for i in range(120)]}
    )
    rows.write_parquet(tmp_path / "t.parquet")
    answer = new(request(tmp_path / "project", tmp_path / "t.parquet", overrides={"target": name}))
    assert answer.target == name
    assert yaml.safe_load((tmp_path / "project/modelyard.yaml").read_text())["data"]["target"] == name
    assert config.load(tmp_path / "project").config.data.target == name
