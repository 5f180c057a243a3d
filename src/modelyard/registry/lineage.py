"""From a version back to its rows, its code, its settings and its verdict."""

import json

from modelyard.data.store import Store
from modelyard.record import Record
from modelyard.registry.models import Registry
from modelyard.registry.versions import Version


class Lineage(Record):
    """Where a version comes from."""

    version: int
    sha256: str
    snapshot: str
    source: str
    commit: str
    dirty: bool
    lock: str  # sha256 of the lock file
    parameters: dict[str, str]
    gate: dict[str, object]  # gate.json, or the verdict alone
    libraries: dict[str, str]
    created: str
    run_id: str


def lineage(registry: Registry, store: Store, version: int) -> Lineage:
    """Follow a version back.

    Raises:
        RequestError: There is no such version.
    """
    found = registry.get(version)
    return Lineage(
        version=found.version,
        sha256=found.sha256,
        snapshot=found.snapshot,
        source=found.tags.get("source") or _source(store, found.snapshot),
        commit=found.commit,
        dirty=found.tags.get("dirty", "").lower() == "true",
        lock=found.tags.get("lock", ""),
        parameters=registry.parameters(found.run_id),
        gate=_gate(registry, found),
        libraries={name: str(value) for name, value in _object(found.tags.get("libraries", "")).items()},
        created=found.created,
        run_id=found.run_id,
    )


def _source(store: Store, snapshot: str) -> str:
    manifest = store.get(f"snapshots/{snapshot}/manifest.json") if snapshot else None
    return str(_object(manifest or b"").get("source", ""))


def _gate(registry: Registry, version: Version) -> dict[str, object]:
    written = registry.file(version.run_id, "gate.json")
    verdict: dict[str, object] = {"verdict": version.tags.get("verdict", "")}
    return _object(written or b"") or verdict


def _object(text: str | bytes) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
