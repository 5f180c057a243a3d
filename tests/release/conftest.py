"""A project with a champion and a challenger, and servers whose behaviour a test writes down."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "loop"))
sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
sys.path.insert(0, str(Path(__file__).parent))

import projects
import releasing

from modelyard.registry.client import connect


@pytest.fixture(scope="session")
def two_versions(tmp_path_factory):
    """A project whose version 1 serves, and whose version 2 has passed the gate."""
    root = tmp_path_factory.mktemp("two") / "project"
    releasing.make(root, connect)
    return root


@pytest.fixture
def project(two_versions, tmp_path):
    """Make a copy of it: `project(release__lease_s=2)` changes its settings."""

    def made(**changes):
        root = tmp_path / "project"
        shutil.copytree(two_versions, root, symlinks=True)
        return projects.edit(root, **{**releasing.FAST, **changes})

    return made
