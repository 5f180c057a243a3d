"""A project of an older template, made once, and the two versions of the template that follow."""

import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest
import template_versions as versions
from here_renderer import HereRenderer

from modelyard.scaffold.adopt import adopt
from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.profile import Overrides
from modelyard.scaffold.update import branch
from modelyard.scaffold.update.update import UpdateRequest, update


def second(template: Path) -> None:
    """What the second version changes: a line, a longer file, one file more, one less, one moved."""
    _change(template / "Makefile", "help: ## Show the targets", "help: ## Show every target")
    (template / ".gitignore").write_text((template / ".gitignore").read_text() + "\n# Notes\n/notes/\n")
    (template / "docs").mkdir()
    (template / "docs/how to.md").write_text("# How to\n\nFirst.\n")
    (template / "CODEOWNERS.jinja").unlink()
    (template / "tests/test_metrics.py").rename(template / "tests/test_own_metrics.py")
    _change(template / "src/pipeline/features.py", '"""', '"""Second. ', 1)


def third(template: Path) -> None:
    """What the third version changes beside that."""
    second(template)
    _change(template / "Makefile", "help: ## Show every target", "help: ## Show all targets there are")
    (template / "docs/how to.md").unlink()
    (template / "docs/why.md").write_text("# Why\n")
    _change(template / "ruff.toml", "\n", "\n# third\n", 1)


def _change(file: Path, old: str, new: str, count: int = -1) -> None:
    text = file.read_text()
    assert old in text, (file, old)
    file.write_text(text.replace(old, new, count))


@pytest.fixture(scope="session")
def editions(tmp_path_factory):
    """Versions 0.1.0, 0.2.0 and 0.3.0 of the template, by number."""
    folder = tmp_path_factory.mktemp("versions")
    changes = {"0.1.0": lambda _: None, "0.2.0": second, "0.3.0": third}
    made = {number: versions.edition(number, folder / number, change) for number, change in changes.items()}
    return {number: versions.remembered(each, folder / "renders") for number, each in made.items()} | {"at": folder}


@pytest.fixture(scope="session")
def origin(tmp_path_factory, editions):
    """A project of version 0.1.0 as `modelyard new` makes it, with its first commit."""
    folder = tmp_path_factory.mktemp("origin") / "churn"
    request = NewRequest(folder, "sklearn:iris", Overrides(target="target"), lock=False)
    with versions.released("0.1.0", editions["at"] / "0.1.0"):
        new(request, renderer=HereRenderer())
        branch.start(folder)
    return folder


@pytest.fixture
def project(origin, tmp_path):
    """A copy of that project, to work in."""
    folder = Path(shutil.copytree(origin, tmp_path / "churn", symlinks=True))
    _git(folder, "config", "user.name", "Ada")
    _git(folder, "config", "user.email", "ada@example.org")
    return folder


@pytest.fixture
def bring(editions):
    """Return a function that updates a project to a version."""

    def call(project, number="0.2.0", **options):
        return update(UpdateRequest(project, **{"lock": False, **options}), edition=editions[number])

    return call


@pytest.fixture
def repository(tmp_path, git):
    """Somebody's repository: a table, a script, a Makefile and a README of their own."""
    folder = tmp_path / "house prices"
    (folder / "data").mkdir(parents=True)
    n = 200
    rows = {
        "area": [float(i * 37 % 101) for i in range(n)],
        "price": [float(i * 37 % 101) * 3 + i % 7 for i in range(n)],
    }
    pl.DataFrame(rows).write_csv(folder / "data/houses.csv")
    (folder / "README.md").write_text("# Mine\n")
    (folder / "Makefile").write_text("all:\n\techo mine\n")
    (folder / "explore.py").write_text("print('mine')\n")
    git(folder, "init", "--quiet", "-b", "main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "Mine")
    return folder


@pytest.fixture
def take(editions):
    """Return a function that adopts a folder as version 0.1.0."""

    def call(folder, **options):
        request = {"data": str(folder / "data/houses.csv"), "overrides": Overrides(target="price"), "lock": False}
        with versions.released("0.1.0", editions["at"] / "0.1.0"):
            return adopt(NewRequest(folder, **request | options), renderer=HereRenderer())

    return call


@pytest.fixture
def git():
    """Return a function that runs git in a folder and gives what it prints."""
    return _git


def _git(folder, *arguments, check=True):
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()
