"""A repository that `new` has just made can be planned at once: nothing in it would stop an `up` but the account."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rendering import InThisProcess, table
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.infra.review import reviews
from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.new_platform import new_platform
from modelyard.scaffold.profile import Overrides

pytestmark = pytest.mark.slow


def made(folder: Path, platform: str, **options: object) -> Path:
    if platform == "template":
        request = NewRequest(folder / "acme", template="platform", git=False, lock=False, **options)
        return Path(new_platform(request, renderer=InThisProcess()).path)
    overrides = Overrides(target="returned")
    request = NewRequest(
        folder / "orders", str(table(folder)), overrides, git=False, lock=False, platform=platform, **options
    )
    return Path(new(request, renderer=InThisProcess()).path)


@pytest.mark.parametrize(
    ("platform", "env"),
    [("own", "dev"), ("own", "prod"), ("shared", "staging"), ("template", "staging")],
)
def test_a_fresh_repository_has_no_finding_that_stops_an_up(tmp_path: Path, platform: str, env: str) -> None:
    found = reviews(made(tmp_path, platform), env)
    (review,) = found.environments
    assert (review.problems, found.refused) == ((), 0)
    assert not [one for one in review.violations if one.severity == "mandatory"]
    layers = {layer.name for layer in review.layers}
    assert layers == {"project"} if platform == "shared" else {"account", "lake", "serving", "cluster"} <= layers
    assert ("project" in layers) == (platform != "template")
    assert any("000000000000" in line for line in review.warnings)


def test_a_plan_in_another_account_names_both_stores_and_fails(tmp_path: Path) -> None:
    project = made(tmp_path, "own", account="123456789012")
    path = project / "infra/platform.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("123456789012", "210987654321"), encoding="utf-8")
    words = ["infra", "plan", "--env", "dev", "--layer", "project", "--json", "--project", str(project)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    wrong = {one["property"]: one for one in json.loads(done.stdout)["problems"]}
    store = wrong["environments.dev.store"]
    assert store["value"] == "s3://orders-dev-store-123456789012/orders"
    assert "s3://orders-dev-store-210987654321/orders" in store["fix"]
    assert wrong["config.aws:allowedAccountIds"]["resource"] == "infra/Pulumi.dev.yaml"


def test_a_platforms_own_tests_and_lint_pass_at_once(tmp_path: Path) -> None:
    project, tools = made(tmp_path, "template"), Path(sys.executable).parent
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    for command in (
        ["pytest", "-p", "no:cacheprovider"],
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["ty", "check", "--python", sys.prefix],
    ):
        done = subprocess.run(
            [tools / command[0], *command[1:]],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_make_target_that_concerns_the_platform_is_there(tmp_path: Path) -> None:
    for platform in ("own", "template"):
        (tmp_path / platform).mkdir()
        project = made(tmp_path / platform, platform)
        shown = subprocess.run(["make", "help"], cwd=project, capture_output=True, text=True, check=True).stdout
        for target in ("setup", "test", "lint", "secrets", "plan", "graph", "doctor"):
            assert f"  {target} " in shown
            done = subprocess.run(
                ["make", "-n", target, "ENV=dev"], cwd=project, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        assert (
            "modelyard infra plan --env dev"
            in subprocess.run(
                ["make", "-n", "plan", "ENV=dev"], cwd=project, capture_output=True, text=True, check=True
            ).stdout
        )
