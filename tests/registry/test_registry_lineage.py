import json
from pathlib import Path

import pytest

from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.registry.lineage import lineage
from modelyard.registry.models import Registry

pytestmark = pytest.mark.slow

SHA = "5e" * 32


def test_a_version_leads_back_to_rows_code_and_verdict(registry: Registry, store: Store, tmp_path: Path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "gate.json").write_text(json.dumps({"verdict": "passed", "rules": []}))
    run_id = registry.track("k", params={"estimator": "linear"}, metrics={}, tags={}, folder=tmp_path / "files")
    said = {"snapshot": "abc", "source": "rows.csv", "commit": "c1", "dirty": "True", "lock": "l1"}
    registry.register("k", SHA, run_id, said | {"libraries": json.dumps({"polars": "2.1"})})
    found = lineage(registry, store, 1)
    assert (found.version, found.sha256, found.run_id) == (1, SHA, run_id)
    assert (found.snapshot, found.source, found.commit, found.dirty, found.lock) == (
        "abc",
        "rows.csv",
        "c1",
        True,
        "l1",
    )
    assert found.parameters == {"estimator": "linear"}
    assert found.gate == {"verdict": "passed", "rules": []}
    assert found.libraries == {"polars": "2.1"}


def test_what_was_not_said_is_looked_up_or_left_empty(registry: Registry, store: Store):
    store.put("snapshots/abc/manifest.json", b'{"source": "s3://lake/rows.parquet"}')
    run_id = registry.track("k", params={}, metrics={}, tags={})
    registry.register("k", SHA, run_id, {"snapshot": "abc", "verdict": "inconclusive", "libraries": "?"})
    registry._tracking.client.delete_run(run_id)
    found = lineage(registry, store, 1)
    assert found.source == "s3://lake/rows.parquet"
    assert found.gate == {"verdict": "inconclusive"}
    assert found.dirty is False
    assert found.parameters == found.libraries == {}


def test_an_unknown_version_has_no_lineage(registry: Registry, store: Store):
    with pytest.raises(RequestError, match="no version 1"):
        lineage(registry, store, 1)
