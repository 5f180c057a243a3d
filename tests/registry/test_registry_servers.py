from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pgserver
import pytest

from modelyard.data.store import Store
from modelyard.registry.models import Registry
from modelyard.routing import audit, document
from modelyard.routing.document import Ref, Routing

pytestmark = pytest.mark.slow

SHA = "5e" * 32


@pytest.fixture
def bucket(aws) -> Store:
    boto3.client("s3").create_bucket(Bucket="registry-tests")
    return Store.open("s3://registry-tests/churn", Path())


def register(registry: Registry, key: str, folder: Path) -> int:
    run_id = registry.track(key, params={"a": 1}, metrics={"roc_auc": 0.75}, tags={}, folder=folder)
    return registry.register(key, SHA, run_id, {"verdict": "passed"}).version


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "gate.json").write_text("{}")
    return tmp_path / "files"


def test_files_of_runs_and_routing_go_to_a_bucket(bucket: Store, blank: Path, files: Path, tmp_path: Path):
    (tmp_path / "mlflow.db").write_bytes(blank.read_bytes())
    registry = Registry.open(f"sqlite:///{tmp_path}/mlflow.db", "churn", bucket)
    assert register(registry, "k", files) == 1
    run_id = registry.get(1).run_id
    assert bucket.exists(f"artifacts/{run_id}/artifacts/gate.json")
    assert registry.file(run_id, "gate.json") == b"{}"
    for version in (1, 2):
        ref = Ref(version=version, sha256=SHA)
        document.swap(bucket, lambda now, ref=ref: now.model_copy(update={"champion": ref}), why="")
    assert document.read(bucket).generation == 2
    assert len(audit.events(bucket)) == 2
    assert audit.verify(bucket, audit.head(bucket)) == []


def test_a_postgres_server_keeps_runs_and_versions(
    files: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    store = Store.open("store", tmp_path)
    with pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete") as server:
        uri = server.get_uri()
        registry = Registry.open(uri, "churn", store)
        with ThreadPoolExecutor(4) as pool:
            numbers = set(pool.map(lambda _: register(Registry.open(uri, "churn", store), "k", files), range(6)))
        assert len(numbers) == 1
        assert len(registry.versions()) == 1
        version = registry.get(numbers.pop())
        assert version.metrics == {"roc_auc": 0.75}
        assert registry.parameters(version.run_id) == {"a": "1"}
        routing = Routing(champion=Ref(version=version.version, sha256=SHA))
        assert registry.sync(routing) == ["champion"]
        assert registry.sync(routing) == []
        assert registry.get(version.version).state == "champion"
        assert store.exists(f"artifacts/{version.run_id}/artifacts/gate.json")
        registry.artifacts.client._tracking_client.store.engine.dispose()
    assert list((tmp_path / "cwd").iterdir()) == []
