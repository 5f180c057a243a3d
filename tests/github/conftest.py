"""One GitHub per test, with one repository, and the variables that a workflow step has."""

import functools
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from github_api import GitHub, Repository, serving

_OURS = ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_EVENT_PATH", "GITHUB_RUN_ID")


@dataclass
class Ran:
    """What a command did."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self):
        """Return its one document."""
        return json.loads(self.stdout)


_BUILT = functools.cache(get_command)  # of some fifty commands, which takes longer than most runs here


@pytest.fixture
def modelyard(monkeypatch):
    """Run a command of `modelyard github` in this process."""
    from modelyard.cli import app

    monkeypatch.setattr("typer.testing._get_command", _BUILT)

    def run(*arguments, answer=None):
        done = CliRunner().invoke(app, ["github", *map(str, arguments)], input=answer)
        return Ran(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def api():
    """A GitHub that knows the user `me`, the token `t0ken` and the public repository `me/it`."""
    made = GitHub()
    made.add(Repository("me", "it", private=False))
    return made


@pytest.fixture
def it(api):
    """The repository me/it."""
    return api.find("me", "it")


@pytest.fixture
def github(api, monkeypatch):
    """The same GitHub, served; the environment names it as a workflow's does."""
    for name in (*_OURS, "GITHUB_ACTIONS", "GITHUB_EVENT_NAME", "GITHUB_HEAD_REF", "GITHUB_REF", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    with serving(api) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_TOKEN", "t0ken")
        monkeypatch.setenv("GITHUB_REPOSITORY", "me/it")
        yield api
