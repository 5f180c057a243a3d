"""A trained model before export, and the one way in which it scores."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from modelyard.bundle.blame import users_code
from modelyard.bundle.calibration import Calibration
from modelyard.bundle.served import logical, missing
from modelyard.bundle.source import Pipeline
from modelyard.config.model import Task
from modelyard.data.encode import Encoding
from modelyard.data.types.kinds import LogicalType
from modelyard.errors import RequestError
from modelyard.training.build import PARAMETERS, BuildConfig
from modelyard.training.threads import limited

_OFF = 1e-3  # of a probability, or of the sum of a row's


@dataclass(frozen=True)
class Fitted:
    """A trained model with everything that made it."""

    task: Task
    encoding: Encoding
    estimator: Any  # fitted; scikit-learn's interface
    classes: list[str]  # binary: [negative, positive]; empty for regression
    positive: str | None
    threshold: float | None  # binary: positive at or above it
    calibration: Calibration | None
    build: BuildConfig
    inputs: list[str]  # columns read, before features()
    schema: pl.Schema  # types of `inputs`
    pipeline: Pipeline
    n_rows: int  # rows it was fitted on
    left_out: int = 0  # rows without a target
    notes: list[str] = field(default_factory=list)  # what a reader of the report should know

    @property
    def parameters(self) -> dict[str, Any]:
        """The hyper-parameters in force."""
        return dict(self.build.parameters)

    @property
    def types(self) -> dict[str, LogicalType]:
        """Logical types of the inputs."""
        return logical(self.schema)

    def matrix(self, rows: pl.DataFrame) -> np.ndarray:
        """Return the float32 matrix of `rows`, shape (rows, encoding.width)."""
        return self.encoding.apply(self.pipeline.make(pick(rows, self.inputs, self.schema)))

    def score(self, rows: pl.DataFrame) -> np.ndarray:
        """Return probabilities (rows, classes) in the order of `classes`, or numbers (rows,); float64.

        Raises:
            OutcomeError: A column is absent.
            RequestError: The user's code raised.
        """
        return self.score_matrix(self.matrix(rows))

    def score_matrix(self, matrix: np.ndarray) -> np.ndarray:
        """Score rows that are encoded already."""
        raw = predict(self.estimator, matrix, self.build, self.pipeline)
        return raw if self.calibration is None else self.calibration.apply(raw)


def pick(rows: pl.DataFrame, inputs: list[str], schema: pl.Schema) -> pl.DataFrame:
    """Return the columns `inputs` of `rows` with the types of `schema`."""
    present = set(rows.columns)
    absent = [name for name in inputs if name not in present]
    if absent:
        raise missing(absent)
    series = [rows.get_column(name) for name in inputs]
    typed = [s if s.dtype == schema[s.name] else s.cast(schema[s.name], strict=False) for s in series]
    return pl.DataFrame({s.name: s for s in typed})  # a list would rename a column without a name


def predict(estimator: Any, matrix: np.ndarray, build: BuildConfig, pipeline: Pipeline) -> np.ndarray:  # noqa: ANN401
    """Return the estimator's raw scores: (rows, classes), or (rows,) for regression.

    Raises:
        RequestError: The user's estimator raised, or gives no scores of that shape.
    """
    if not len(matrix):
        return np.empty((0, build.n_classes) if build.n_classes else 0)
    method = "predict_proba" if build.n_classes else "predict"
    with users_code(pipeline.folder, f"{method}() of the estimator", also=PARAMETERS), limited(build.threads):
        scores = np.asarray(getattr(estimator, method)(matrix), dtype=np.float64)
    expected = (len(matrix), build.n_classes) if build.n_classes else (len(matrix),)
    if scores.shape == (len(matrix), 1) and not build.n_classes:
        scores = scores[:, 0]
    if scores.shape != expected:
        raise RequestError(
            f"{method}() of the estimator returned shape {scores.shape} instead of {expected}.",
            "build() in src/pipeline/model.py returns an estimator with scikit-learn's interface.",
            code="bad_estimator",
        )
    if build.n_classes:
        _check_chances(scores)
    return scores + build.centre if build.centre else scores


def _check_chances(scores: np.ndarray) -> None:
    """Refuse scores that are no probabilities; those that are no numbers are told where they are judged."""
    known = scores[np.isfinite(scores).all(axis=1)]
    sums = known.sum(axis=1)
    if not len(known) or (known.min() >= -_OFF and np.abs(sums - 1).max() <= _OFF):
        return
    raise RequestError(
        f"predict_proba() of the estimator returned {known.min():.4g} to {known.max():.4g}, with sums of "
        f"{sums.min():.4g} to {sums.max():.4g}: these are no probabilities.",
        "Each row needs one number from 0 to 1 for each class, 1 together; CalibratedClassifierCV makes them so.",
        code="bad_estimator",
    )
