import shutil
from pathlib import Path

import pytest

from modelyard.data.store import Store
from modelyard.registry.models import Registry


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
