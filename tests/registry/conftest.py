import shutil
from pathlib import Path

import pytest

from modelyard.data.store import Store
from modelyard.registry.client import connect
from modelyard.registry.models import Registry


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with MLflow's tables, which take seconds to make."""
    path = tmp_path_factory.mktemp("blank") / "mlflow.db"
    connect(f"sqlite:///{path}")
    return path


@pytest.fixture
def store(blank: Path, tmp_path: Path) -> Store:
    store = Store.open("an environment é", tmp_path)
    folder = store.local("mlflow.db")
    assert folder is not None
    folder.parent.mkdir()
    shutil.copy(blank, folder)
    return store


@pytest.fixture
def registry(store: Store) -> Registry:
    return Registry.open(f"sqlite:///{store.uri}/mlflow.db", "churn")
