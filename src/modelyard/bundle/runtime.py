"""Runs the model of a bundle on a matrix: onnxruntime for ONNX, the pickled estimator otherwise."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from modelyard.bundle.served import INPUT, MODEL_FILES, OUTPUT, Served
from modelyard.errors import OutcomeError

# From its import on, onnxruntime tells its makers which models are loaded, and leaves an identifier in the home folder.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

Run = Callable[[np.ndarray], np.ndarray]
"""Matrix (rows, columns) float32 -> calibrated scores (rows, classes) or (rows,), float64."""


@dataclass(frozen=True)
class Graph:
    """A model in an ONNX session."""

    session: Any
    by_row: bool  # as in model.json

    def __call__(self, matrix: np.ndarray) -> np.ndarray:
        """Return the scores of a matrix."""
        return self._scores(matrix) if self.by_row else in_company(self._scores, matrix)

    def _scores(self, matrix: np.ndarray) -> np.ndarray:
        return np.asarray(self.session.run([OUTPUT], {INPUT: matrix})[0], dtype=np.float64)


def in_company(run: Run, matrix: np.ndarray) -> np.ndarray:
    """Score a single row beside a copy of itself.

    Alone it would be multiplied by another kernel, whose last digit differs from what the row gets in a batch.
    """
    return run(matrix) if len(matrix) != 1 else run(np.concatenate([matrix, matrix]))[:1]


def start(folder: Path, served: Served, *, threads: int = 1) -> Run:
    """Load the model that lies in `folder`.

    Args:
        folder: Holds `model.onnx` or `model.pkl`.
        served: What model.json says of it.
        threads: Of the ONNX session; 1 is fastest for single rows.

    Raises:
        OutcomeError: This environment cannot run it.
    """
    path = folder / MODEL_FILES[served.form]
    return _python(path, served) if served.form == "python" else Graph(_session(path, threads), served.by_row)


def _session(path: Path, threads: int) -> Any:  # noqa: ANN401 - onnxruntime has no types
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own classes share no base
        raise _cannot_run(f"onnxruntime {ort.__version__} refuses {path.name}: {error}") from error


def _python(path: Path, served: Served) -> Run:
    _check_environment(served)
    try:
        import cloudpickle

        estimator = cloudpickle.loads(path.read_bytes())
    except Exception as error:  # unpickling runs any constructor
        raise _cannot_run(f"{path.name} cannot be loaded: {type(error).__name__}: {error}") from error

    def raw(matrix: np.ndarray) -> np.ndarray:
        return _raw(estimator, matrix, classes=bool(served.classes))

    def run(matrix: np.ndarray) -> np.ndarray:
        scores = in_company(raw, matrix) + served.centre
        return scores if served.calibration is None else served.calibration.apply(scores)

    return run


def _raw(estimator: Any, matrix: np.ndarray, *, classes: bool) -> np.ndarray:  # noqa: ANN401
    scores = estimator.predict_proba(matrix) if classes else np.asarray(estimator.predict(matrix)).reshape(-1)
    return np.asarray(scores, dtype=np.float64)


def _check_environment(served: Served) -> None:
    """Refuse a pickled model where Python or a library differs by more than a patch release."""
    found = platform.python_version()
    if _minor(found) != _minor(served.python):
        raise _cannot_run(f"it was made by Python {served.python}, this is {found}")
    for name, made in served.libraries.items():
        here = _installed(name)
        if here is None or _minor(here) != _minor(made):
            raise _cannot_run(f"it was made with {name} {made}, here is {here or 'none'}")


def _minor(found: str) -> list[str]:
    return found.split(".")[:2]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cannot_run(reason: str) -> OutcomeError:
    return OutcomeError(
        f"This environment cannot run the model: {reason}.",
        "It needs an image rollout: install the versions of the model's lock, then load it again.",
        code="needs_image_rollout",
    )
