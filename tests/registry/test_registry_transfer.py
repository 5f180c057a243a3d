import shutil
from pathlib import Path

import pytest

from modelyard.data.store import Store
from modelyard.errors import OutsideError, RequestError
from modelyard.registry.lineage import lineage
from modelyard.registry.models import Registry, Version
from modelyard.registry.transfer import copy_version
from modelyard.routing import audit, document

pytestmark = pytest.mark.slow

SHA = "5e" * 32


@pytest.fixture
def prod(blank: Path, tmp_path: Path) -> tuple[Store, Registry]:
    (tmp_path / "prod").mkdir()
    shutil.copy(blank, tmp_path / "prod" / "mlflow.db")
    store = Store.open("prod", tmp_path)
    return store, Registry.open(f"sqlite:///{store.uri}/mlflow.db", "churn")


@pytest.fixture
def version(store: Store, registry: Registry, tmp_path: Path) -> Version:
    store.put(f"models/{SHA}/model.json", b"{}")
    store.put(f"models/{SHA}/pipeline/features.py", b"pass")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "gate.json").write_text('{"verdict": "passed"}')
    run_id = registry.track("k", params={"a": 1}, metrics={"roc_auc": 0.75}, tags={}, folder=tmp_path / "files")
    tags = {"snapshot": "abc", "source": "rows.csv", "commit": "c1", "verdict": "passed"}
    version = registry.register("k", SHA, run_id, tags, inputs={"x": "number"}, outputs={"y": "number"})
    ref = document.Ref(version=1, sha256=SHA)
    document.swap(
        store,
        lambda now: now.model_copy(update={"champion": ref}),
        why="passed the gate",
        action="registered",
        subject="v1",
    )
    audit.append(store, action="registered", subject="v2", why="another", generation=1)
    return version


def test_a_copy_has_bundle_verdict_lineage_and_history(
    store: Store, registry: Registry, prod: tuple[Store, Registry], version: Version
):
    other = prod[1].track("other", params={}, metrics={}, tags={})
    prod[1].register("other", "ab" * 32, other, {})
    copied = copy_version(store, registry, *prod, 1)
    assert (copied.version, copied.sha256, copied.key) == (2, SHA, "k")
    assert copied.tags["verdict"] == "passed"
    assert copied.metrics == {"roc_auc": 0.75}
    assert prod[0].get(f"models/{SHA}/pipeline/features.py") == b"pass"
    was, now = lineage(registry, store, 1), lineage(prod[1], prod[0], 2)
    for field in ("snapshot", "source", "commit", "parameters", "gate", "libraries"):
        assert getattr(now, field) == getattr(was, field)
    assert prod[1].file(copied.run_id, "model/MLmodel")
    events = audit.events(prod[0])
    assert [(event.action, event.subject) for event in events] == [
        ("registered elsewhere", "v2"),
        ("copied", "v2"),
    ]
    assert "passed the gate" in events[0].why
    assert store.uri in events[1].why
    assert audit.verify(prod[0], audit.head(prod[0])) == []


def test_a_repeated_copy_changes_nothing(
    store: Store, registry: Registry, prod: tuple[Store, Registry], version: Version
):
    first = copy_version(store, registry, *prod, 1)
    assert copy_version(store, registry, *prod, 1) == first
    assert len(prod[1].versions()) == 1
    assert len(audit.events(prod[0])) == 2


def test_a_missing_or_damaged_bundle_is_not_copied(
    store: Store, registry: Registry, prod: tuple[Store, Registry], version: Version
):
    with pytest.raises(OutsideError, match="damaged"):
        copy_version(store, registry, *prod, 1, digest=lambda folder: "00" * 32)
    assert prod[0].list("models") == []
    copy_version(store, registry, *prod, 1, digest=lambda folder: SHA)
    for key in store.list("models"):
        store.delete(key)
    with pytest.raises(OutsideError, match="missing"):
        copy_version(store, registry, *prod, 1)


def test_an_unknown_version_is_not_copied(store: Store, registry: Registry, prod: tuple[Store, Registry]):
    with pytest.raises(RequestError, match="no version 4"):
        copy_version(store, registry, *prod, 4)
    assert prod[1].versions() == []
