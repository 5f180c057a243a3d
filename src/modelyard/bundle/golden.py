"""Held-out rows with the scores that the trained model itself gives: what every server must answer, everywhere.

A server compares its own answers with them, and /explain compares a row with them.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl

from modelyard.errors import OutcomeError

FILE_NAME = "golden.parquet"
MOST_ROWS = 200
TOLERANCE = 1e-4
"""Of a probability; of a number, relative to the spread of the scores."""

Score = Callable[[pl.DataFrame], np.ndarray]


@dataclass(frozen=True)
class Golden:
    """Rows of the model's inputs, and their scores.

    Attributes:
        rows: The columns that the model reads.
        scores: Of the trained model before export: (rows, classes), or (rows,); float64.
    """

    rows: pl.DataFrame
    scores: np.ndarray

    @classmethod
    def of(cls, rows: pl.DataFrame, inputs: Sequence[str], score: Score) -> Self:
        """Choose up to 200 rows, evenly spaced, and score them; other columns than `inputs` are left out."""
        places = np.unique(np.linspace(0, rows.height - 1, min(rows.height, MOST_ROWS)).round().astype(int))
        chosen = pl.DataFrame({name: rows.get_column(name) for name in inputs})[places.tolist()]
        return cls(chosen, score(chosen) if chosen.height else np.empty(0))

    def dump(self) -> bytes:
        """Return the file: the same bytes for the same rows and scores."""
        scores = self.scores if self.scores.ndim == 2 else self.scores[:, None]
        table = pl.DataFrame(
            {
                "scores": pl.Series(scores.tolist(), dtype=pl.List(pl.Float64)),
                "inputs": self.rows.to_struct("inputs"),  # their names may be anything, also "scores"
            }
        )
        file = io.BytesIO()
        table.write_parquet(file, compression="zstd", compression_level=9, statistics=False)
        return file.getvalue()

    def differing(self, score: Score, *, tolerance: float = TOLERANCE) -> int:
        """Return how many rows another form of the model scores otherwise; what is no number differs."""
        if not self.rows.height:
            return 0
        found = score(self.rows)
        if found.shape != self.scores.shape:
            return len(self.scores)
        gap = np.abs(found - self.scores).reshape(len(found), -1).max(axis=1, initial=0.0)
        near = gap <= tolerance * self._scale()
        return int((~near).sum())

    def _scale(self) -> np.ndarray:
        """Return what the gap of each row is compared with: 1, or a number's spread, wider far from the mean."""
        if self.scores.ndim == 2:
            return np.ones(len(self.scores))
        scale = np.maximum(np.abs(self.scores - self.scores.mean()), self.scores.std())
        flat = 1e-3 * np.abs(self.scores) + float(np.finfo(np.float32).tiny)
        return np.maximum(scale, flat * (self.scores.std() == 0))


def load(folder: Path) -> Golden | None:
    """Read the golden rows of a bundle; None for one that has none.

    Raises:
        OutcomeError: The file is damaged.
    """
    path = folder / FILE_NAME
    try:
        table = pl.read_parquet(io.BytesIO(path.read_bytes()))
        scores = np.array(table["scores"].to_list(), dtype=np.float64).reshape(table.height, -1 if table.height else 1)
        rows = table["inputs"].struct.unnest()
    except FileNotFoundError:
        return None
    except (pl.exceptions.PolarsError, OSError, ValueError, TypeError) as error:
        raise OutcomeError(
            f"{path} cannot be read: {type(error).__name__}.",
            "The bundle is damaged: fetch it again from the store.",
            code="bad_bundle",
        ) from error
    return Golden(rows, scores[:, 0] if scores.shape[1] == 1 else scores)
