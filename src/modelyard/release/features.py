"""Measures what calling features() costs a challenger whose champion has none: a step of its own, and no defect."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from modelyard.bundle.served import FILE_NAME, Served
from modelyard.data.store import Store
from modelyard.errors import ModelyardError
from modelyard.routing.document import Ref
from modelyard.serving.bundles import bundle
from modelyard.serving.fields import Field
from modelyard.serving.version import Version

_CALLS = 200
_MOST_S = 0.0005  # a few expressions of polars take less; what takes longer is slow, and is judged


def new_features(store: Store, champion: Ref, challenger: Ref) -> float:
    """Return the time of making a frame, features() and encoding, for one row, as a multiple of the champion's whole.

    Both are lower quartiles, measured here; servers may be slower, and then are for both. No more than 0.5 ms count.
    0 where the champion calls features() too, where the challenger calls none, or where that cannot be measured. The
    model itself is left out: that it takes longer than the champion's is what the judge looks for.
    """
    try:
        if _identity(store, challenger) or not _identity(store, champion):
            return 0.0
        with tempfile.TemporaryDirectory(prefix="modelyard-judge-") as cache:
            old, new = (Version.load(ref, bundle(store, ref, Path(cache))) for ref in (champion, challenger))
            return _ratio(old, new)
    except ModelyardError:
        return 0.0


def _identity(store: Store, ref: Ref) -> bool:
    data = store.get(f"models/{ref.sha256}/{FILE_NAME}")
    return data is None or Served.model_validate_json(data).identity


def _ratio(champion: Version, challenger: Version) -> float:
    matrix = np.zeros((1, challenger.scorer.served.encoding.width), dtype=np.float32)
    calls = (_one(champion), _one(challenger), lambda: challenger.scorer.run(matrix))
    old, new, model = (statistics.quantiles(taken)[0] for taken in zip(*_rounds(calls), strict=True))
    return min(_MOST_S, max(0.0, new - model)) / old


def _one(version: Version) -> Callable[[], object]:
    row = [_value(field, version) for field in version.fields]
    return lambda: version.one(row)


def _value(field: Field, version: Version) -> object:
    name = field.column.name
    return field.read(version.example[name]) if name in version.example else None


def _rounds(calls: Sequence[Callable[[], object]]) -> Iterator[list[float]]:
    """Yield the seconds that each call takes, in turn, so that whatever else the machine does hits all alike."""
    for call in calls:
        call()
    for _ in range(_CALLS):
        yield [_seconds(call) for call in calls]


def _seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin
