"""Results of `monitor` as they are kept in the store, one object per run, for the report to draw."""

from datetime import datetime
from uuid import uuid4

from pydantic import ValidationError

from modelyard.data.store import Store
from modelyard.monitoring.results import MonitorResult

FOLDER = "monitoring"
_STAMP = "%Y%m%dT%H%M%S%f"


def save(store: Store, result: MonitorResult) -> str:
    """Keep a result, and return its key."""
    stamp = datetime.fromisoformat(result.as_of).strftime(_STAMP)
    key = f"{FOLDER}/{stamp}-{uuid4().hex[:8]}.json"
    store.put(key, result.model_dump_json().encode())
    return key


def load(store: Store, newest: int | None = None) -> list[MonitorResult]:
    """Return the results, oldest first; what another version of modelyard wrote and is not understood is left out.

    Args:
        store: Of the environment.
        newest: Only so many, the newest ones.
    """
    keys = [key for key in store.list(FOLDER) if key.endswith(".json")]
    found = []
    for key in keys if newest is None else keys[-newest:]:
        data = store.get(key)
        try:
            found += [] if data is None else [MonitorResult.model_validate_json(data)]
        except ValidationError:
            continue
    return found
