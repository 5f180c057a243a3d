"""One trained project for all tests of retraining, each of which works on a copy; and where alerts go."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import retraining_project as world
from standin import GitHub, Standin, serving


@pytest.fixture(scope="session")
def trained(tmp_path_factory, blank):
    """A project whose champion has answered nothing yet."""
    root = tmp_path_factory.mktemp("trained") / "project"
    world.made(root, blank)
    return root


@pytest.fixture
def hook(monkeypatch):
    """A webhook that keeps what it is told."""
    made = Standin()
    with serving(made) as url:
        monkeypatch.setenv("HOOK", f"{url}/services/s3cret")
        yield made


@pytest.fixture
def github(monkeypatch):
    """GitHub's API for one repository; the token ends in a line break, as files of tokens do."""
    made = GitHub()
    with serving(made) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_TOKEN", "t0ken\n")
        monkeypatch.setenv("GITHUB_REPOSITORY", "me/it")
        yield made
