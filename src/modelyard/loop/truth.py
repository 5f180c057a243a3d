"""The target as numbers: class codes in the order of a model's classes, or the values themselves."""

import numpy as np
import polars as pl

from modelyard.config import ProjectConfig
from modelyard.training.labels import codes, labels, numbers


def truth(frame: pl.DataFrame, config: ProjectConfig, classes: list[str]) -> np.ndarray:
    """Return the target of each row, shape (rows,): int codes into `classes`, or float values."""
    target = frame.get_column(config.data.target)
    return codes(labels(target), classes) if classes else numbers(target).to_numpy()
