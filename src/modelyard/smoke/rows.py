"""The rows that a version must answer as in training: its golden rows, written as a client would write them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modelyard.bundle import golden, served
from modelyard.bundle.golden import Golden
from modelyard.bundle.served import Served
from modelyard.data import contract as contracts
from modelyard.data.store import Store
from modelyard.data.types import written
from modelyard.routing import Ref
from modelyard.serving.bundles import bundle
from modelyard.serving.fields import Field, RefusedError, fields

_CONTRACT = "contract.yaml"
_ISO = {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%dT%H:%M:%S.%f"}


@dataclass(frozen=True)
class Known:
    """One version and what it must answer.

    Attributes:
        rows: Column -> JSON value, each with its expected score in `golden.scores`.
        left_out: Golden rows that no request can carry, such as one with NaN.
    """

    ref: Ref
    served: Served
    golden: Golden
    rows: tuple[dict[str, Any], ...]
    left_out: int

    def wrong(self, answers: Sequence[dict[str, Any]]) -> tuple[int, int]:
        """Return how many rows have another score than at training, and how many a label that does not fit it.

        Raises:
            ValueError, KeyError, TypeError: The answers do not have the form of answers.
        """
        scores, labels = self._read(answers)
        if scores.shape != self.golden.scores.shape:
            raise ValueError("the answers have other classes")
        told = self.served.decide(self.golden.scores)
        own = self.served.decide(scores)  # at the very threshold a label may go either way with its score
        differing = sum(label not in {a, b} for label, a, b in zip(labels, told, own, strict=True))
        return self.golden.differing(lambda _: scores), 0 if self.served.task == "regression" else differing

    def _read(self, answers: Sequence[dict[str, Any]]) -> tuple[np.ndarray, list[Any]]:
        labels = [label for answer in answers for label in answer["predictions"]]
        if self.served.task == "regression":
            return np.array(labels, dtype=np.float64), labels
        shares = [row for answer in answers for row in answer["probabilities"]]
        if any(set(row) != set(self.served.classes) for row in shares):
            raise ValueError("the answers have other classes")
        matrix = [[row[name] for name in self.served.classes] for row in shares]
        return np.array(matrix, dtype=np.float64).reshape(len(shares), -1), labels


def known(store: Store, ref: Ref, cache: Path) -> Known:
    """Read the golden rows of a version from the store.

    Raises:
        OutcomeError: The bundle is absent or damaged.
        OutsideError: The store cannot be read.
    """
    folder = bundle(store, ref, cache)
    form = served.read(folder)
    found = golden.load(folder) or Golden(_none(form), np.empty((0, len(form.classes)) if form.classes else 0))
    of_request = {field.column.name: field for field in fields(contracts.load(folder / _CONTRACT), form)}
    written = [_row(row, of_request) for row in found.rows.iter_rows(named=True)]
    kept = [place for place, row in enumerate(written) if row is not None]
    rows = tuple(row for row in written if row is not None)
    return Known(ref, form, Golden(found.rows[kept], found.scores[kept]), rows, len(written) - len(kept))


def _none(form: Served) -> Any:  # noqa: ANN401 - a frame; polars is loaded by those who read one
    import polars as pl

    return pl.DataFrame(schema=dict.fromkeys(form.inputs, pl.Null))


def _row(row: dict[str, Any], known: dict[str, Field]) -> dict[str, Any] | None:
    """Return a row as JSON holds it; None for one that the contract would refuse."""
    written = {name: _value(value, known[name]) for name, value in row.items()}
    try:
        for name, value in written.items():
            known[name].read(value)
    except RefusedError:
        return None
    return written


def _value(value: Any, field: Field) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, dt.date):
        return value
    kind = field.column.type if field.column.type in _ISO else "timestamp"
    return written(value, field.column.format or _ISO[kind])
