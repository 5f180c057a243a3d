"""What an evaluation is made from: held-out rows, a model's scores of them, and its references."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from modelyard.config.model import Task
from modelyard.evaluation.results import Latency, Parity

LEAST_ROWS = 200
LEAST_OF_A_CLASS = 20


@dataclass(frozen=True)
class Reference:
    """A model to compare with.

    Args:
        label: How it is called in reports, "champion v3 as served".
        version: Its version.
        mask: (n,) which held-out rows it never saw.
        scores: Its scores of all n rows, or of the masked rows only.
        threshold: Its own decision threshold (binary).
    """

    label: str
    version: str
    mask: np.ndarray
    scores: np.ndarray
    threshold: float | None = None


@dataclass(frozen=True)
class Judged:
    """One candidate on held-out rows.

    With repeated cross-validation the rows are there once per repeat: `truth` and `scores` hold the first
    repeat's out-of-fold rows, then the second's in the same order; `frame`, `mask` and a reference's scores
    may hold the rows once.

    Args:
        truth: (n,) class codes, or values.
        scores: (n, K) probabilities in the order of `classes`, or (n,).
        frame: The held-out rows, all columns.
        train_truth: What the dummy learns from.
        latency: Of scoring one row in the served form.
        size_bytes: Of the served form.
        parity: The served form against the trained one.
        held_out_sha256: Identity of the held-out rows.
        used: How many verdicts these rows have given, this one included.
        score: Scores any rows, for permutation importance; None leaves it out.
        hidden: Columns with personal data.
        features: Source columns of the model.
        repeats: How often each row is there.
        shuffled: Truth and scores under shuffled cross-validation, shown as a warning.
    """

    truth: np.ndarray
    scores: np.ndarray
    frame: pl.DataFrame
    train_truth: np.ndarray
    latency: Latency
    size_bytes: int
    parity: Parity
    held_out_sha256: str
    used: int = 1
    classes: list[str] = field(default_factory=list)
    positive: str | None = None
    threshold: float | None = None
    score: Callable[[pl.DataFrame], np.ndarray] | None = None
    champion: Reference | None = None
    pinned: Reference | None = None
    hidden: frozenset[str] = frozenset()
    features: list[str] = field(default_factory=list)
    user_metrics: Mapping[str, float] = field(default_factory=dict)
    repeats: int = 1
    shuffled: tuple[np.ndarray, np.ndarray] | None = None


def needs_cross_validation(truth: np.ndarray, task: Task) -> bool:
    """Say whether held-out rows are too few for a verdict: under 200, or (binary) under 20 of a class."""
    if len(truth) < LEAST_ROWS:
        return True
    if task != "binary":
        return False
    return int(np.bincount(truth.astype(np.int64), minlength=2).min()) < LEAST_OF_A_CLASS
