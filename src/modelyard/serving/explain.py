"""What each column adds to the score of a row, compared with the version's golden rows.

Interventional Shapley values by permutation sampling (Strumbelj & Kononenko 2014; Janzing et al. 2020): a walk starts
at a golden row and takes over the values of the explained row column by column; a column's contribution is the mean
change of the score at its step. Every golden row that is used begins the same number of walks, each with its reverse,
so the contributions sum to the score minus the mean score of those rows, and are exact where columns do not interact.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from modelyard.bundle.golden import Golden
from modelyard.serving.body import Row
from modelyard.serving.problems import RefusalError
from modelyard.serving.version import Version

_MOST_SCORED = 10_000  # rows that one explanation may score: this bounds its time
_AT_ONCE = 500  # rows; other requests are answered in between
_SEED = 0
_DIGITS = 12


def explain(version: Version, row: Sequence[Any]) -> dict[str, Any]:
    """Return the contributions of a row's columns, the largest first.

    Args:
        version: Explains its own score.
        row: Typed values, one for each of `version.fields`.

    Returns:
        `score`: the positive's probability, the likeliest class's probability, or the number;
        `class`: whose probability that is, absent for a number;
        `baseline`: the mean score of the `rows` golden rows compared with;
        `contributions`: column -> what it adds; they sum to score - baseline;
        `version`.

    Raises:
        RefusalError: 409, the version has no golden rows.
    """
    golden = version.golden
    if golden is None or not golden.rows.height:
        raise RefusalError(
            409,
            f"Version {version.ref.version} has no rows to compare with.",
            "Register a version with `modelyard run`; its bundle then holds some.",
        )
    names = version.scorer.served.inputs
    places = _places(version, names)
    chosen = _chosen(version, row)
    starts, orders = _walks(golden, len(names))
    steps = _steps([_row(version, places, values) for values in golden.rows.rows()], row, starts, places, orders)
    walked = _scored(version, steps, chosen).reshape(len(starts), len(names) + 1)
    added = np.zeros((len(starts), len(names)))
    np.put_along_axis(added, orders, np.diff(walked, axis=1), axis=1)
    found = sorted(zip(names, added.mean(axis=0).tolist(), strict=True), key=lambda pair: -abs(pair[1]))
    return {
        "score": float(walked[0, -1]),
        **_class(version, chosen),
        "baseline": float(walked[:, 0].mean()),
        "contributions": {name: round(value, _DIGITS) for name, value in found},
        "rows": len(set(starts.tolist())),
        "version": version.ref.version,
    }


def _places(version: Version, names: Sequence[str]) -> list[int]:
    known = {field.column.name: place for place, field in enumerate(version.fields)}
    return [known[name] for name in names]


def _chosen(version: Version, row: Sequence[Any]) -> int | None:
    """Return which score is explained; None for a number."""
    classes = version.scorer.served.classes
    if len(classes) <= 2:
        return 1 if classes else None
    return int(version.score([row])[0].argmax())


def _class(version: Version, chosen: int | None) -> dict[str, str]:
    return {} if chosen is None else {"class": version.scorer.served.classes[chosen]}


def _walks(golden: Golden, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the golden row at which each walk begins, shape (walks,), and its order of columns, (walks, width)."""
    walks = max(_MOST_SCORED // (width + 1) // 2, 1)
    height = golden.rows.height
    used = np.linspace(0, height - 1, min(height, walks)).round().astype(int)
    starts = np.tile(used, max(walks // len(used), 1))
    random = np.random.default_rng(_SEED)
    orders = random.permuted(np.tile(np.arange(width), (len(starts), 1)), axis=1)
    return np.concatenate([starts, starts]), np.concatenate([orders, orders[:, ::-1]])


def _steps(
    begins: Sequence[Row], row: Row, starts: np.ndarray, places: Sequence[int], orders: np.ndarray
) -> Iterator[Row]:
    """Yield the rows of all walks, one walk after the other: first the golden row, last the explained one."""
    for start, order in zip(starts.tolist(), orders.tolist(), strict=True):
        current = list(begins[start])
        yield current
        for column in order:
            current = list(current)
            current[places[column]] = row[places[column]]
            yield current


def _scored(version: Version, rows: Iterator[Row], chosen: int | None) -> np.ndarray:
    found = []
    while some := list(islice(rows, _AT_ONCE)):
        scores = version.score(some)
        found.append(scores if chosen is None else scores[:, chosen])
    return np.concatenate(found)


def _row(version: Version, places: Sequence[int], values: Sequence[Any]) -> list[Any]:
    row: list[Any] = [None] * len(version.fields)
    for place, value in zip(places, values, strict=True):
        row[place] = value
    return row
