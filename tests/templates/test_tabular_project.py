"""What `modelyard new` writes is complete, clean and works at once."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

from modelyard import assets, config
from modelyard.scaffold import vendor

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent / "golden" / "none.txt"
FILES = {name for name in GOLDEN.read_text(encoding="utf-8").splitlines() if not name.startswith("vendor/")}
TOOLS = Path(sys.executable).parent
Projects = Callable[[str], Path]


@pytest.fixture
def project(make_project: Projects) -> Path:
    return make_project("customers")


def files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def test_a_project_holds_these_files_and_no_others(project: Path) -> None:
    wheel = f"vendor/modelyard-{vendor.installed_version()}-py3-none-any.whl"
    assert files(project) == FILES | ({wheel} if not vendor.is_released(vendor.installed_version()) else set())


def test_code_and_tests_are_those_of_the_template(project: Path) -> None:
    template = assets.template("tabular")
    for name in sorted(name for name in FILES if name.endswith(".py")):
        assert (project / name).read_bytes() == (template / name).read_bytes()


def test_nothing_in_a_project_says_whose_machine_it_was_made_on(project: Path) -> None:
    home = Path.home()
    for name in sorted(files(project)):
        if not name.endswith((".parquet", ".whl")):
            text = (project / name).read_text(encoding="utf-8")
            assert str(project.parent) not in text, name
            assert str(home) not in text, name
            assert str(assets.template("tabular")) not in text, name


def test_text_files_end_with_one_line_end(project: Path) -> None:
    for name in sorted(files(project)):
        if not name.endswith((".parquet", ".whl")):
            content = (project / name).read_bytes()
            assert content.endswith(b"\n"), name
            assert not content.endswith(b"\n\n"), name
            assert b"\r" not in content, name


def test_the_configuration_names_a_schema_that_is_there_and_fits(project: Path) -> None:
    first = (project / "modelyard.yaml").read_text(encoding="utf-8").splitlines()[0]
    schema = first.removeprefix("# yaml-language-server: $schema=")
    assert json.loads((project / schema).read_text(encoding="utf-8")) == config.json_schema()
    assert config.load(project).config.data.target == "churned"


def test_personal_columns_are_in_no_file(project: Path) -> None:
    assert "e-mail" not in pl.read_parquet_schema(project / "data/project.parquet")
    assert "e-mail" not in pl.read_parquet_schema(project / "data/sample.parquet")
    for name in sorted(files(project)):
        assert b"@example.com" not in (project / name).read_bytes()


def test_structured_files_can_be_read(project: Path) -> None:
    assert tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"] == "project"
    tomllib.loads((project / "ruff.toml").read_text(encoding="utf-8"))
    for name in (".pre-commit-config.yaml", ".copier-answers.yml", "contract.yaml"):
        yaml.safe_load((project / name).read_text(encoding="utf-8"))


def test_every_make_target_that_was_promised_is_there(project: Path) -> None:
    for target in ("setup", "test", "lint", "data", "train", "pipeline", "serve", "report"):
        done = subprocess.run(["make", "-n", target], cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["ty", "check", "--python", sys.prefix],
    ],
    ids=["style", "format", "types"],
)
@pytest.mark.parametrize("where", ["project", "template"])
def test_code_is_clean_where_it_lies_and_where_it_lands(project: Path, command: list[str], where: str) -> None:
    folder = project if where == "project" else assets.template("tabular")
    paths = ["src"] if command[0] == "ty" else []
    done = subprocess.run(
        [TOOLS / command[0], *command[1:], *paths], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_python_file_of_a_template_carries_jinja() -> None:
    for path in assets.template("tabular").rglob("*.py*"):
        if path.suffix == ".py":
            compile(path.read_text(encoding="utf-8"), str(path), "exec")
            assert "{{" not in path.read_text(encoding="utf-8")
        else:
            assert ".py." not in path.name


@pytest.mark.parametrize(
    "table",
    ["customers", *(pytest.param(t, marks=pytest.mark.slow) for t in ("words", "iris", "diabetes"))],
)
def test_a_projects_own_tests_pass(
    make_project: Projects, run_own_tests: Callable[..., subprocess.CompletedProcess[str]], table: str
) -> None:
    done = run_own_tests(make_project(table))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("estimator", ["linear", "forest", "boosting"])
def test_own_tests_pass_with_every_estimator(
    copy_project: Projects, run_own_tests: Callable[..., subprocess.CompletedProcess[str]], estimator: str
) -> None:
    project = copy_project("customers")
    path = project / "modelyard.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["training"]["estimator"] = estimator
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    done = run_own_tests(project)
    assert done.returncode == 0, done.stdout + done.stderr


def test_make_test_installs_what_it_needs_and_passes(copy_project: Projects) -> None:
    project = copy_project("customers")
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(["make", "test"], cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
