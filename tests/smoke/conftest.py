"""A released version, the project's own server in a process of its own, and servers that misbehave."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
sys.path.insert(0, str(Path(__file__).parent))

import smoked


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A project whose store has a champion with golden rows."""
    return smoked.project(tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="session")
def url(folder):
    """Its server, ready."""
    with smoked.serving(folder) as address:
        smoked.ready(address)
        yield address


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A project that has released nothing, and its server's address."""
    folder = smoked.project(tmp_path_factory.mktemp("empty"), release=False)
    with smoked.serving(folder) as address:
        yield folder, address
