"""actionlint, zizmor and the JSON schemas find nothing in any variant, and are shown to find what is wrong."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from test_static_broken import GOOD
from toolchain import tool
from variants import VARIANTS, repository

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
SCHEMAS = {"workflows": "vendor.github-workflows", "dependabot": "vendor.dependabot"}


def actionlint(project: Path) -> str:
    files = map(str, sorted((project / ".github" / "workflows").glob("*.y*ml")))
    return _said([tool("actionlint"), "-no-color", "-shellcheck=", "-pyflakes=", *files], project)


def zizmor(project: Path) -> list[str]:
    """Return its findings, with the most suspicious of its ways of looking that makes no noise."""
    command = [
        str(BIN / "zizmor"),
        "--offline",
        "--persona",
        "pedantic",
        "--no-exit-codes",
        "--no-progress",
        "--format",
        "json",
    ]
    said = _said([*command, str(project / ".github")], project)
    return [f"{one['ident']}: {one['desc']}" for one in json.loads(said) if not one.get("ignored")]


def schema(which: str, *files: Path) -> str:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", SCHEMAS[which]]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _said(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def copied(variant: str, target: Path) -> Path:
    """Copy a variant's .github into a repository of its own, each YAML alias written out."""
    for path in (repository(variant) / ".github").rglob("*.y*ml"):
        copy = target / ".github" / path.relative_to(repository(variant) / ".github")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(_written_out(path.read_text()))
    return target


def _written_out(text: str) -> str:
    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    document = yaml.safe_load(text)
    document = {"on" if key is True else key: value for key, value in document.items()}  # YAML 1.1 reads `on` as true
    return yaml.dump(document, Dumper=Plain, sort_keys=False, width=1000)


def workflow(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "one.yml").write_text(text)
    return tmp_path


@pytest.mark.parametrize("variant", VARIANTS)
def test_actionlint_finds_nothing(variant):
    assert actionlint(repository(variant)) == ""


@pytest.mark.parametrize("variant", VARIANTS)
def test_zizmor_finds_nothing(variant):
    assert zizmor(repository(variant)) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_zizmor_finds_nothing_where_every_alias_is_written_out(variant, tmp_path):
    """It says itself that it sees aliases only in part. Comments are lost here, and with them the reasons of rights."""
    findings = zizmor(copied(variant, tmp_path))
    assert [one for one in findings if not one.startswith(("undocumented-permissions", "unpinned-uses"))] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_schemas_are_kept(variant):
    folder = repository(variant) / ".github"
    assert schema("workflows", *sorted((folder / "workflows").glob("*.yml"))) == ""
    assert schema("dependabot", folder / "dependabot.yml") == ""


@pytest.mark.parametrize("variant", VARIANTS)
def test_dependabot_waits_before_it_takes_a_release(variant):
    updates = yaml.safe_load((repository(variant) / ".github" / "dependabot.yml").read_text())["updates"]
    assert {"uv", "github-actions"} <= {update["package-ecosystem"] for update in updates}
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)


def test_actionlint_finds_a_name_that_does_not_exist(tmp_path):
    project = workflow(tmp_path, GOOD.replace("needs: asked", "needs: askd"))
    assert "askd" in actionlint(project)


def test_zizmor_finds_what_a_stranger_may_write(tmp_path):
    project = workflow(tmp_path, GOOD.replace('run: "true"', "run: echo ${{ github.event.issue.title }}"))
    assert any(one.startswith("template-injection") for one in zizmor(project))


def test_zizmor_finds_a_right_too_many_behind_an_alias(tmp_path):
    text = GOOD.replace("permissions: {}\njobs", "permissions: write-all\njobs")
    assert any(one.startswith("excessive-permissions") for one in zizmor(workflow(tmp_path, text)))


def test_the_schemas_find_a_wrong_key(tmp_path):
    project = workflow(tmp_path, GOOD.replace("timeout-minutes: 5", "time-out: 5"))
    assert "time-out" in schema("workflows", project / ".github" / "workflows" / "one.yml")
    wrong = tmp_path / "dependabot.yml"
    shutil.copy(repository("ours") / ".github" / "dependabot.yml", wrong)
    wrong.write_text(wrong.read_text().replace("directory:", "folder:"))
    assert "folder" in schema("dependabot", wrong)
