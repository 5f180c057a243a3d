"""Scores rows with a bundle: for an ONNX model neither scikit-learn nor mlflow is needed, or imported."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl

from modelyard.bundle.pack import verify
from modelyard.bundle.runtime import Run, start
from modelyard.bundle.served import Served, read
from modelyard.bundle.source import load_pipeline
from modelyard.serving.frames import frame_encoder

_DIGEST_LENGTH = 64


@dataclass(frozen=True)
class Scorer:
    """A loaded version."""

    served: Served
    make: Callable[[pl.DataFrame], pl.DataFrame]  # features(), or nothing at all
    encode: Callable[[pl.DataFrame], np.ndarray]  # what features() made -> matrix
    run: Run

    @classmethod
    def load(cls, folder: Path, *, sha256: str | None = None, threads: int = 1, pipeline: Path | None = None) -> Self:
        """Load a bundle, or the folder that `export` wrote.

        Args:
            folder: Where model.json lies.
            sha256: What the bundle must be; taken from the folder's name where that is a sha256.
            threads: Of the ONNX session; 1 is fastest for single rows.
            pipeline: The user's package; default `pipeline` in `folder`.

        Raises:
            OutcomeError: The bundle is damaged, or this environment cannot run it.
            RequestError: The user's features.py cannot be imported.
        """
        expected = sha256 or (folder.name if _is_digest(folder.name) else None)
        if expected:
            verify(folder, expected)
        served = read(folder)
        source = pipeline or folder / "pipeline"
        make = _unchanged if served.identity else load_pipeline(source, serving=True).make
        return cls(
            served=served, make=make, encode=frame_encoder(served.encoding), run=start(folder, served, threads=threads)
        )

    def score(self, rows: pl.DataFrame) -> np.ndarray:
        """Return probabilities (rows, classes) in the order of `served.classes`, or numbers (rows,); float64.

        Raises:
            OutcomeError: A column is absent.
            RequestError: The user's features() raised.
        """
        if not rows.height:
            classes = len(self.served.classes)
            return np.empty((0, classes) if classes else 0)
        return self.run(self.encode(self.make(self.served.typed(rows))))

    def decide(self, scores: np.ndarray) -> list[str] | list[float]:
        """Return the class of each row, or the number itself."""
        return self.served.decide(scores)


def _is_digest(name: str) -> bool:
    return len(name) == _DIGEST_LENGTH and all(c in "0123456789abcdef" for c in name)


def _unchanged(rows: pl.DataFrame) -> pl.DataFrame:
    return rows
