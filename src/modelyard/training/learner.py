"""Builds the user's estimator and fits it to a matrix."""

import warnings
from typing import Any

import numpy as np

from modelyard.bundle.blame import users_code
from modelyard.bundle.source import Pipeline
from modelyard.errors import RequestError
from modelyard.training.build import PARAMETERS, BuildConfig, default
from modelyard.training.threads import limited


def learn(build: BuildConfig, pipeline: Pipeline, matrix: np.ndarray, target: np.ndarray) -> Any:  # noqa: ANN401
    """Return the fitted estimator.

    Args:
        build: Handed to the user's `build`.
        pipeline: The user's code; without a `build` the default pipeline is used.
        matrix: Training rows, shape (rows, columns), float32.
        target: Class codes (int64) or numbers (float64).

    Raises:
        RequestError: The user's code raised (names file and line), or returned no estimator.
    """
    with users_code(pipeline.folder, "build()"):
        estimator: Any = (pipeline.build or default)(build)
    _check(estimator, build)
    told = users_code(pipeline.folder, "fit() of the estimator", also=PARAMETERS)
    with told, limited(build.threads), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*converge.*")
        fitted = estimator.fit(matrix, target - build.centre if build.centre else target)
    fitted = estimator if fitted is None else fitted
    _check_classes(fitted, build)
    _alone(fitted)
    return fitted


def _check(estimator: Any, build: BuildConfig) -> None:  # noqa: ANN401
    if isinstance(estimator, type):
        raise RequestError(
            f"build() returned the class {estimator.__name__}, not an estimator.",
            f"Return {estimator.__name__}().",
            code="bad_estimator",
        )
    needed = ["fit", "predict_proba" if build.n_classes else "predict"]
    lacking = [name for name in needed if not hasattr(estimator, name)]
    if lacking:
        raise RequestError(
            f"build() returned {type(estimator).__name__}, which has no {lacking[0]}().",
            "Return an estimator with scikit-learn's interface; CalibratedClassifierCV adds predict_proba.",
            code="bad_estimator",
        )


def _check_classes(fitted: Any, build: BuildConfig) -> None:  # noqa: ANN401
    found = getattr(fitted, "classes_", None)
    if build.n_classes and found is not None and list(found) != list(range(build.n_classes)):
        raise RequestError(
            f"The estimator learned the classes {list(found)} instead of 0 to {build.n_classes - 1}.",
            "build() must not change the target.",
            code="bad_estimator",
        )


def _alone(fitted: Any) -> None:  # noqa: ANN401
    """Predict on one thread: threads add up trees in any order, which changes the last digits."""
    get = getattr(fitted, "get_params", None)
    if get is None:
        return
    jobs = [name for name in get(deep=True) if name == "n_jobs" or name.endswith("__n_jobs")]
    fitted.set_params(**dict.fromkeys(jobs, 1))
