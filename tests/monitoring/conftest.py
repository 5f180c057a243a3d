"""One trained project for all tests of retraining: each works on a copy."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import retraining_project as world

from modelyard.registry.client import connect


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """An empty registry, which takes seconds to make."""
    path = tmp_path_factory.mktemp("blank") / "mlflow.db"
    connect(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory, blank):
    """A project whose champion has answered nothing yet."""
    root = tmp_path_factory.mktemp("trained") / "project"
    world.made(root, blank)
    return root
