"""Scores one batch of rows: blocks side by side, each with one thread, as many as there are cores."""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import polars as pl

from modelyard.serving.scorer import Scorer

BLOCK = 16_384
"""Rows that stay in the cache of a core from typing to scores; ONNX is fastest from 1,000 to 16,000."""


def workers(scorer: Scorer) -> int:
    """Return how many blocks to score at a time; a Python model brings threads of its own."""
    return len(os.sched_getaffinity(0)) if scorer.served.form == "onnx" else 1


class Blocks:
    """The scores of a batch that are being worked out."""

    def __init__(self, pool: ThreadPoolExecutor, scorer: Scorer, rows: pl.DataFrame) -> None:
        """Begin with `rows`."""
        self._scorer = scorer
        self._rows = rows
        blocks = [rows.slice(start, length) for start, length in _cuts(rows.height)]
        self._futures: list[Future[np.ndarray]] = [pool.submit(scorer.score, block) for block in blocks]

    def scores(self) -> np.ndarray:
        """Wait for the scores of all rows, in their order.

        Raises:
            RequestError: The user's features() raised.
        """
        if not self._futures:
            return self._scorer.score(self._rows)
        return np.concatenate([future.result() for future in self._futures])


def _cuts(rows: int) -> list[tuple[int, int]]:
    """Return (start, length) of the blocks."""
    return [(start, min(BLOCK, rows - start)) for start in range(0, rows, BLOCK)]


def decided(scorer: Scorer, scores: np.ndarray) -> pl.Series:
    """Return what `Scorer.decide` says of each row, without a Python object for each."""
    served = scorer.served
    if not served.classes:
        return pl.Series("prediction", scores)
    if served.task == "binary":
        codes = (scores[:, 1] >= (0.5 if served.threshold is None else served.threshold)).astype(np.uint32)
    else:
        codes = scores.argmax(axis=1).astype(np.uint32)
    return _labels(served.classes, codes)


def _labels(classes: Sequence[str], codes: np.ndarray) -> pl.Series:
    return pl.Series("prediction", list(classes), dtype=pl.String).gather(pl.Series(codes))
