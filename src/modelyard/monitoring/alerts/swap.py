"""Changes a small document in the store by compare-and-swap."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from modelyard.data.store import Store
from modelyard.errors import OutsideError
from modelyard.record import Record

Document = TypeVar("Document", bound=Record)
_ATTEMPTS = 50


def read(store: Store, key: str, empty: Document) -> Document:
    """Return the document; `empty` where there is none, or one that cannot be read."""
    return _parsed(store.get(key), empty)


def swap(store: Store, key: str, empty: Document, edit: Callable[[Document], Document]) -> Document:
    """Apply `edit` to the newest document and write it; called again when another process was faster.

    `edit` must do nothing the second time: a write whose answer was lost may have landed.

    Raises:
        OutsideError: The store failed, or others kept winning.
    """
    for attempt in range(_ATTEMPTS):
        found = store.get_tagged(key)
        document = _parsed(found[0] if found else None, empty)
        wanted = edit(document)
        if wanted == document:
            return document
        data = wanted.model_dump_json(indent=1).encode() + b"\n"
        if store.put_new(key, data) if found is None else store.put_if(key, data, found[1]):
            return wanted
        time.sleep(random.uniform(0, min(0.005 * 2**attempt, 0.5)))  # noqa: S311 - spreads writers, hides nothing
    raise OutsideError(f"{key} in {store.uri} kept changing.", "Run it again.", code="contended")


def _parsed(data: bytes | None, empty: Document) -> Document:
    """Read it; one that cannot be read is begun anew: doing something twice is better than never again."""
    try:
        return empty if data is None else type(empty).model_validate_json(data)
    except ValidationError:
        return empty
