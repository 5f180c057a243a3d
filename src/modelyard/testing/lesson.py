"""Made-up rows in which each column, one at a time, decides the answer: a working model learns them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from modelyard.training.build import BuildConfig

_TAUGHT = 20  # columns that decide; a small model has to be able to learn them all
_ROWS = 80  # per column that decides
_NUMBER = (1.0, 2.0, 3.0)  # low, usual, high: positive, so that a logarithm stands them
_CATEGORY = (2.0, 3.0, 4.0)  # codes of known categories
_CENTRE, _SWING = 10.0, 5.0


@dataclass(frozen=True)
class Column:
    """A column that decides: its name, and one row where it is low or high while the others are as usual."""

    name: str
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Lesson:
    """The made-up rows.

    `matrix` is (n, f) float32, `truth` (n,) class positions or values. `span` is how far apart a perfect
    model scores a column's low and high. `probes` is (f + 1, f): a usual row, then for each column one row in
    which only that column differs.
    """

    matrix: np.ndarray
    truth: np.ndarray
    columns: tuple[Column, ...]
    span: float
    probes: np.ndarray


def lesson(config: "BuildConfig") -> Lesson:
    """Make up rows for a model that `config` describes; the same each time."""
    count = len(config.names)
    low, usual, high = _levels(config, count)
    taught = [index * count // min(count, _TAUGHT) for index in range(min(count, _TAUGHT))]
    matrix, answer = _blocks(taught, low, usual, high)
    matrix, truth = _answers(config, matrix, answer, usual)
    _vary_the_rest(matrix, taught, low, high)
    columns = tuple(Column(config.names[i], _one(usual, i, low[i]), _one(usual, i, high[i])) for i in taught)
    probes = np.vstack([usual, np.where(np.eye(count, dtype=bool), high, usual)])
    span = 2 * _SWING if config.task == "regression" else 2.0
    return Lesson(matrix.astype(np.float32), truth, columns, span, probes.astype(np.float32))


def scores(estimator: Any, rows: np.ndarray) -> float:  # noqa: ANN401 - scikit-learn has no type for it
    """Return what a fitted estimator says of one row: a value, or the last class's chance less the first."""
    if hasattr(estimator, "predict_proba"):
        chances = np.asarray(estimator.predict_proba(rows))
        return float(chances[0, -1] - chances[0, 0])
    return float(np.asarray(estimator.predict(rows)).ravel()[0])


def prepared(
    estimator: Any,  # noqa: ANN401 - scikit-learn has no type for it
    probes: np.ndarray,
) -> tuple[np.ndarray, Sequence[np.ndarray]]:
    """Return the first row and the others as they reach the last step of a pipeline."""
    steps = getattr(estimator, "steps", ())
    rows: Any = estimator[:-1].transform(probes) if len(steps) > 1 else probes
    dense = rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)
    return dense[0], list(dense[1:])


def _levels(config: "BuildConfig", count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    levels = np.tile(np.array(_NUMBER)[:, None], (1, count))
    levels[:, list(config.categorical)] = np.array(_CATEGORY)[:, None]
    return levels[0], levels[1], levels[2]


def _one(usual: np.ndarray, index: int, value: float) -> np.ndarray:
    row = usual.astype(np.float32)[None, :].copy()
    row[0, index] = value
    return row


def _blocks(taught: list[int], low: np.ndarray, usual: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give 80 rows to each taught column: low and high in turn, and the answer beside it (False, True)."""
    matrix = np.tile(usual, (len(taught) * _ROWS, 1))
    answer = np.tile([False, True], len(matrix) // 2)
    for block, column in enumerate(taught):
        rows = slice(block * _ROWS, (block + 1) * _ROWS)
        matrix[rows, column] = np.where(answer[rows], high[column], low[column])
    return matrix, answer


def _answers(
    config: "BuildConfig", matrix: np.ndarray, answer: np.ndarray, usual: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    if config.task == "regression":
        return matrix, _CENTRE + np.where(answer, _SWING, -_SWING)
    between = np.repeat(np.arange(1, config.n_classes - 1), 10)  # every class has to be seen
    truth = np.concatenate([np.where(answer, config.n_classes - 1, 0), between])
    return np.vstack([matrix, np.tile(usual, (len(between), 1))]), truth


def _vary_the_rest(matrix: np.ndarray, taught: list[int], low: np.ndarray, high: np.ndarray) -> None:
    """Give the other columns values that say nothing, so that none is constant."""
    rest = np.setdiff1d(np.arange(matrix.shape[1]), taught)
    toss = np.random.default_rng(0).random((len(matrix), len(rest))) < 0.5
    matrix[:, rest] = np.where(toss, low[rest], high[rest])
