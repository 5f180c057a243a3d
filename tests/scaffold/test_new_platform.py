"""`new --platform` and `new --template platform`: where a platform is, what follows from it, what is refused."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from typer.testing import CliRunner, Result

from modelyard import assets, config
from modelyard.cli import app
from modelyard.errors import RequestError
from modelyard.infra.components import names
from modelyard.infra.platform import json_schema, load
from modelyard.infra.platform.words import ENVIRONMENTS, NO_ACCOUNT
from modelyard.scaffold import asked, copies, home, regions
from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.new_platform import new_platform
from modelyard.scaffold.pristine import pristine
from modelyard.scaffold.profile import Overrides

pytestmark = pytest.mark.slow


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [f"{i * 37 % 101},{('red', 'green')[i * 7 % 2]},{('no', 'yes')[i * 13 % 5 == 0]}" for i in range(120)]
    (tmp_path / "table.csv").write_text("\n".join(["amount,colour,churned", *rows]) + "\n", encoding="utf-8")
    return tmp_path / "table.csv"


def called(*words: str) -> Result:
    return CliRunner().invoke(app, ["new", *words, "--no-git", "--no-lock", "--yes", "--json"])


def made(table: Path, platform: str, *words: str) -> Path:
    done = called(
        str(table.parent / "churn"), "--data", str(table), "--target", "churned", "--platform", platform, *words
    )
    assert done.exit_code == 0, done.output
    return Path(json.loads(done.stdout)["path"])


@pytest.mark.parametrize("mode", ["own", pytest.param("shared", marks=pytest.mark.slow)])
def test_account_and_region_reach_every_file_that_names_them(table: Path, mode: str) -> None:
    words = ("--account", "123456789012", "--region", "eu-west-1", "--github", "acme/Churn-Model")
    project = made(table, mode, *words)
    platform = load(project / "infra/platform.yaml")
    assert (platform.mode, platform.account, platform.region) == (mode, "123456789012", "eu-west-1")
    assert (platform.github.owner, platform.repositories[0].github) == ("acme", "Churn-Model")
    environments = config.load(project).config.environments
    for env in ENVIRONMENTS:
        assert environments[env].store == f"s3://churn-{env}-store-123456789012/churn"
        stack = yaml.safe_load((project / f"infra/Pulumi.{env}.yaml").read_text(encoding="utf-8"))
        assert stack["config"] == {
            "aws:region": "eu-west-1",
            "aws:allowedAccountIds": ["123456789012"],
            "modelyard-project:env": env,
        }


def test_without_an_account_a_placeholder_stands_and_a_warning_says_so(table: Path) -> None:
    folder = str(table.parent / "churn")
    words = ("--data", str(table), "--target", "churned", "--platform", "own")
    answer = json.loads(called(folder, *words).stdout)
    assert any(NO_ACCOUNT in line and "`infra up` will refuse" in line for line in answer["warnings"])
    assert any(step.startswith("make plan") for step in answer["next"])
    assert load(Path(folder) / "infra/platform.yaml").account == NO_ACCOUNT


def test_a_shared_platform_is_to_be_named_and_the_warning_says_how(table: Path) -> None:
    words = ("--data", str(table), "--target", "churned", "--platform", "shared")
    answer = json.loads(called(str(table.parent / "churn"), *words).stdout)
    assert any("`modelyard infra plan --write`" in line for line in answer["warnings"])


def test_a_platform_is_not_made_from_a_table(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="makes nothing from a table"):
        new(NewRequest(tmp_path / "x", template="platform"))


def test_an_account_with_a_leading_zero_keeps_it(table: Path) -> None:
    assert load(made(table, "own", "--account", "012345678901") / "infra/platform.yaml").account == "012345678901"


def test_the_programs_and_schemas_are_those_of_the_library(table: Path) -> None:
    project = made(table, "own")
    shipped = assets.stacks() / "project/__main__.py"
    assert (project / "infra/__main__.py").read_bytes() == shipped.read_bytes()
    assert json.loads((project / ".schemas/platform.json").read_text(encoding="utf-8")) == json_schema()
    first = (project / "infra/platform.yaml").read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (project / "infra" / named).resolve() == project / ".schemas/platform.json"


def test_the_schema_that_ships_is_that_of_the_model() -> None:
    shipped = assets.template("platform") / copies.PLATFORM_SCHEMA
    again = "modelyard config schema --platform > templates/platform/.schemas/platform.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == json_schema(), f"out of date; run: {again}"


@pytest.mark.parametrize("mode", ["none", "own", "shared"])
def test_the_recorded_answers_render_the_same_again(table: Path, tmp_path: Path, mode: str) -> None:
    project, again = made(table, mode), tmp_path / "again"
    recorded = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    pristine("tabular", {name: value for name, value in recorded.items() if not name.startswith("_")}, again)
    born = {"modelyard.yaml", "contract.yaml", "data/churn.parquet", "data/sample.parquet"}
    first, second = contents(project), contents(again)
    assert set(first) - set(second) == born
    assert {name: text for name, text in first.items() if name not in born} == second


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_workflows_that_the_template_does_not_have_are_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = Path(shutil.copytree(assets.template("tabular"), tmp_path / "tabular"))
    shutil.rmtree(template / ".github", ignore_errors=True)
    (template / ".github/workflows").mkdir(parents=True)
    (template / ".github/workflows/release.yml").write_text("run: ${{ vars.X }}\n", encoding="utf-8")
    shipped = assets.template
    monkeypatch.setattr(assets, "template", lambda name: template if name == "tabular" else shipped(name))
    for mode in ("none", "own"):
        pristine("tabular", {"platform": mode}, tmp_path / mode)
    assert not [name for name in contents(tmp_path / "none") if name.startswith(".github")]
    assert (tmp_path / "own/.github/workflows/release.yml").read_text(encoding="utf-8") == "run: ${{ vars.X }}\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--region", "eu-wset-1"), "Did you mean eu-west-1"),
        (("--region", "Frankfurt"), "is no region of AWS"),
        (("--region", "us-gov-west-1"), "is no region of AWS"),
        (("--account", "1234"), "'1234' is not the number of an AWS account"),
        (("--account", "1234-5678-9012"), "twelve digits"),
        (("--github", "churn"), "is not OWNER/REPO"),
        (("--github", "-acme/churn"), "is not OWNER/REPO"),
    ],
)
@pytest.mark.parametrize("what", [("--platform", "own"), ("--template", "platform")])
def test_what_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, words: tuple[str, ...], expected: str, what: tuple[str, ...]
) -> None:
    done = called(str(tmp_path / "x"), *what, *words)
    assert done.exit_code == 2
    error = json.loads(done.stdout)["error"]
    assert expected in error["message"] + error["hint"]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--data", "x.csv"), "takes no table"),
        (("--target", "y"), "takes no table"),
        (("--estimator", "linear"), "takes no table"),
        (("--platform", "shared"), "is a platform itself"),
    ],
)
def test_a_platform_takes_nothing_that_is_about_a_table(tmp_path: Path, words: tuple[str, ...], expected: str) -> None:
    done = called(str(tmp_path / "x"), "--template", "platform", *words)
    assert done.exit_code == 2
    assert expected in json.loads(done.stdout)["error"]["message"]
    assert not (tmp_path / "x").exists()


def test_a_platform_s_answer_has_the_keys_that_scripts_rely_on(tmp_path: Path) -> None:
    done = called(str(tmp_path / "Data Platform"), "--template", "platform", "--github", "acme/infra")
    answer: dict[str, Any] = json.loads(done.stdout)
    keys = {"path", "template", "version", "data", "target", "task", "columns", "metric", "split", "next"}
    assert keys <= set(answer)
    assert (answer["template"], answer["data"], answer["columns"]) == ("platform", None, [])
    platform = load(tmp_path / "Data Platform/platform.yaml")
    assert (platform.name, platform.github.owner) == ("data-platform", "acme")
    assert [(r.github, r.service) for r in platform.repositories] == [("infra", False)]
    assert platform.projects == ()


def test_the_text_of_a_platform_says_what_was_made(tmp_path: Path) -> None:
    words = ["new", str(tmp_path / "plat"), "--template", "platform", "--no-git", "--no-lock"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "every layer's program in stacks/" in done.stdout
    assert "make plan" in done.stdout


def test_a_platform_holds_every_program_as_it_is_shipped_and_no_leftovers(tmp_path: Path) -> None:
    root = assets.stacks()
    programs = copies.of("platform", {})
    assert {f"stacks/{path.parent.name}/__main__.py" for path in root.glob("*/__main__.py")} <= set(programs)
    assert all((root / name.removeprefix("stacks/")).read_bytes() == content for name, content in programs.items())
    assert not [name for name in programs if "__pycache__" in name or name.endswith("Pulumi.dev.yaml")]


def test_a_platform_s_repository_is_committed_whole(tmp_path: Path) -> None:
    new_platform(NewRequest(tmp_path / "plat", template="platform", lock=False))
    status = ["git", "status", "--porcelain", "--ignored"]
    assert subprocess.run(status, cwd=tmp_path / "plat", capture_output=True, check=True).stdout == b""


def test_an_occupied_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(RequestError, match="not empty"):
        new_platform(NewRequest(tmp_path, template="platform", git=False, lock=False))


def test_a_request_about_a_table_is_refused_by_the_function_too(tmp_path: Path) -> None:
    request = NewRequest(tmp_path / "x", overrides=Overrides(id="customer"), template="platform")
    with pytest.raises(RequestError, match="takes no table"):
        new_platform(request)


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("churn", "churn"),
        ("a-very-long-name-of-a-project", "a-very-long-name-of"),
        ("twenty-letters-just--so", "twenty-letters-just"),
        ("project", "project"),
    ],
)
def test_a_platform_s_name_fits_into_the_names_of_buckets(project: str, name: str) -> None:
    found = home.called(project)
    assert found == name
    assert len(found) <= 20


@pytest.mark.parametrize("platform", ["a", "acme", "a-name-of-20-letters"])
@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_the_store_is_the_bucket_that_the_lake_makes(platform: str, env: str) -> None:
    bucket = names.bucket(platform, env, "store", "123456789012")
    assert home.Home("own", platform, "123456789012").store(env, "churn") == f"s3://{bucket}/churn"


def test_the_placeholders_of_both_sides_are_the_same() -> None:
    assert (home.PLACEHOLDER, home.ENVIRONMENTS) == (NO_ACCOUNT, ENVIRONMENTS)


def test_every_known_region_is_one_that_a_platform_takes() -> None:
    listed = set(boto3.session.Session().get_available_regions("ec2"))
    assert regions.DEFAULT in regions.KNOWN
    assert set(regions.KNOWN) <= listed
    for region in regions.KNOWN:
        assert asked.at("own", "acme", None, region).region == region
