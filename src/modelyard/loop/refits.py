"""Further fits of the same recipe, for what one held-out side cannot tell.

Both use the hyper-parameters that the run has found, so that no search runs again.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from modelyard.config import ProjectConfig
from modelyard.data.split import folds
from modelyard.errors import ModelyardError
from modelyard.loop.results import TrainRecord
from modelyard.loop.truth import truth
from modelyard.loop.work import Work
from modelyard.training.fit import fit
from modelyard.training.fitted import Fitted

_REPEATS = 3
_FOLDS = 5
_SHUFFLED_ROWS = 50_000  # bounds the time; the gap it shows is several points wide


@dataclass(frozen=True)
class Scores:
    """Rows and what a model that has not seen them says of them.

    `values` holds `repeats` times as many rows as `frame`: the first repeat's scores, then the second's.
    """

    frame: pl.DataFrame
    values: np.ndarray
    repeats: int


def cross_validated(work: Work, train: TrainRecord) -> Scores | None:
    """Score every row by repeated cross-validation with the project's own kind of splitter.

    A split by time has one order only, so it is not repeated, and its first window is never scored.
    None where a fold cannot be fitted (say, for a class of one row).
    """
    split, frame = work.data.split, work.rows.frame
    repeats = 1 if split.by == "time" else _REPEATS
    try:
        rounds = [_round(work, train, f"{split.salt}/{number}") for number in range(repeats)]
    except ModelyardError:
        return None
    covered = rounds[0][1]
    values = [scores[covered] for scores, _ in rounds]
    return Scores(frame=frame.filter(pl.Series(covered)), values=np.concatenate(values), repeats=repeats)


def shuffled(work: Work, train: TrainRecord) -> tuple[np.ndarray, np.ndarray] | None:
    """Return truth and scores as a shuffled split would give them: what a naive evaluation would promise.

    None where the split is shuffled anyway, or where such a split cannot be fitted.
    """
    if work.data.split.by == "hash":
        return None
    frame = work.rows.frame
    frame = frame.sample(min(frame.height, _SHUFFLED_ROWS), shuffle=True, seed=0)
    order = np.arange(frame.height)
    cut = int(frame.height * (1 - work.data.split.test))
    try:
        fitted = _fitted(work, train, frame, order[:cut])
        return truth(frame[cut:], work.config, fitted.classes), fitted.score(frame[cut:])
    except ModelyardError:
        return None


def _round(work: Work, train: TrainRecord, salt: str) -> tuple[np.ndarray, np.ndarray]:
    """Return out-of-fold scores of all rows, and which rows have one."""
    frame = work.rows.frame
    found = folds(work.data.split.model_copy(update={"salt": salt}), frame, _FOLDS)
    covered = np.zeros(frame.height, dtype=bool)
    scores: np.ndarray | None = None
    for number, (learn, test) in enumerate(found):
        work.context.progress(f"cross-validation {salt.rpartition('/')[2]}", number, len(found))
        part = _fitted(work, train, frame, learn).score(frame[test])
        scores = np.zeros((frame.height, *part.shape[1:])) if scores is None else scores
        scores[test] = part
        covered[test] = True
    work.context.progress(f"cross-validation {salt.rpartition('/')[2]}", len(found), len(found))
    return np.zeros(frame.height) if scores is None else scores, covered


def _fitted(work: Work, train: TrainRecord, frame: pl.DataFrame, learn: np.ndarray) -> Fitted:
    """Fit on the positions `learn`; one in five of them chooses threshold and calibration."""
    parts = np.full(frame.height, "test", dtype=object)
    parts[learn] = "train"
    parts[learn[::5]] = "validation"
    series = pl.Series(parts.tolist(), dtype=pl.String)
    return fit(frame, series, work.data.split, _frozen(work.config, train), work.pipeline, work.schema)


def _frozen(config: ProjectConfig, train: TrainRecord) -> ProjectConfig:
    training = config.training.model_copy(update={"search": None, "parameters": train.parameters})
    return config.model_copy(update={"training": training})
