"""Writes the served form of a trained model: ONNX where it says the same, the pickled estimator otherwise."""

import platform
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from modelyard.bundle.runtime import start
from modelyard.bundle.served import FILE_NAME, MODEL_FILES, Served
from modelyard.config.model import ProjectConfig
from modelyard.errors import OutcomeError
from modelyard.evaluation.results import Parity
from modelyard.record import Record
from modelyard.training.fitted import Fitted
from modelyard.training.graph import by_row, convert
from modelyard.training.parity import parity

_MOST_BYTES = 2**31 - 1  # of a protobuf message


class Export(Record):
    """What was written."""

    form: Literal["onnx", "python"]
    reason: str  # why it is not ONNX
    bytes: int  # of the model file
    parity: Parity | None = None  # where rows were given


def export(
    fitted: Fitted,
    folder: Path,
    config: ProjectConfig,
    *,
    rows: pl.DataFrame | None = None,
    lock_sha256: str = "",
) -> Export:
    """Write `model.onnx` (or `model.pkl`) and `model.json` into `folder`.

    Args:
        fitted: The trained model.
        folder: Made if absent; older model files in it are removed.
        config: Says whether ONNX is required.
        rows: Held-out rows; the ONNX form must agree on them and on awkward ones, or is not used.
        lock_sha256: Of the lock that the environment was made from.

    Raises:
        OutcomeError: ONNX is required, and the model cannot be converted or says something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in MODEL_FILES.values():
        (folder / name).unlink(missing_ok=True)
    reason, checked = _onnx(fitted, folder, rows, lock_sha256)
    if not reason:
        return Export(form="onnx", reason="", bytes=(folder / MODEL_FILES["onnx"]).stat().st_size, parity=checked)
    if config.serving.require_onnx:
        raise OutcomeError(
            f"serving.require_onnx is true, but {reason}.",
            "Choose an estimator that converts, or set it to false to serve the Python model.",
            code="not_onnx",
        )
    return _python(fitted, folder, reason, rows, lock_sha256)


def _onnx(fitted: Fitted, folder: Path, rows: pl.DataFrame | None, lock_sha256: str) -> tuple[str, Parity | None]:
    """Write the ONNX form; return why it will not do, or an empty string."""
    try:
        data = convert(fitted)
    except Exception as error:  # a converter that does not know a model raises anything
        return f"the model cannot be converted to ONNX: {type(error).__name__}: {_first_line(error)}", None
    if len(data) > _MOST_BYTES:
        return f"the ONNX model has {len(data)} bytes, more than a file may have", None
    (folder / MODEL_FILES["onnx"]).write_bytes(data)
    served = _describe(fitted, "onnx", "", lock_sha256).model_copy(update={"by_row": by_row(data)})
    _write(served, folder)
    try:
        checked = _compare(fitted, served, folder, rows)
    except OutcomeError as error:
        return f"the ONNX model cannot be run: {error.message}", None
    if checked is None or checked.passed:
        return "", checked
    return (
        f"the ONNX model differs on {checked.differing} of {checked.rows} rows, by up to {checked.largest:.2g}",
        checked,
    )


def _python(fitted: Fitted, folder: Path, reason: str, rows: pl.DataFrame | None, lock_sha256: str) -> Export:
    (folder / MODEL_FILES["onnx"]).unlink(missing_ok=True)
    path = folder / MODEL_FILES["python"]
    path.write_bytes(pickled(fitted.estimator, fitted.pipeline.module))
    served = _describe(fitted, "python", reason, lock_sha256)
    _write(served, folder)
    checked = _compare(fitted, served, folder, rows)
    return Export(form="python", reason=reason, bytes=path.stat().st_size, parity=checked)


def pickled(value: object, module: str) -> bytes:
    """Pickle `value` with the user's classes by value, so that it loads where their module has another name."""
    import cloudpickle

    from modelyard.training.portable import dumps

    mine = [m for name, m in sys.modules.items() if name == module or name.startswith(f"{module}.")]
    for loaded in mine:
        cloudpickle.register_pickle_by_value(loaded)
    try:
        return dumps(value, mine)
    except Exception as error:
        raise OutcomeError(
            f"The trained estimator cannot be stored: {type(error).__name__}: {_first_line(error)}",
            "build() must return an estimator that can be pickled.",
            code="not_picklable",
        ) from error
    finally:
        for loaded in mine:
            cloudpickle.unregister_pickle_by_value(loaded)


def _compare(fitted: Fitted, served: Served, folder: Path, rows: pl.DataFrame | None) -> Parity | None:
    if rows is None or rows.is_empty():
        return None
    run = start(folder, served, threads=fitted.build.threads)

    def score(some: pl.DataFrame) -> np.ndarray:
        return run(served.encoding.apply(fitted.pipeline.make(served.typed(some))))

    return parity(
        fitted.score,
        score,
        rows,
        inputs=served.inputs,
        threshold=fitted.threshold,
        form=served.form,
        reason=served.reason,
    )


def _describe(fitted: Fitted, form: Literal["onnx", "python"], reason: str, lock_sha256: str) -> Served:
    names = ["onnxruntime"] if form == "onnx" else ["cloudpickle", *_libraries(fitted.estimator)]
    return Served(
        task=fitted.task,
        classes=fitted.classes,
        positive=fitted.positive,
        threshold=fitted.threshold,
        inputs=fitted.inputs,
        types=fitted.types,
        encoding=fitted.encoding,
        form=form,
        identity=fitted.pipeline.identity,
        calibration=fitted.calibration,
        centre=fitted.build.centre,
        reason=reason,
        python=platform.python_version(),
        libraries={name: version(name) for name in names},
        lock_sha256=lock_sha256,
    )


def _libraries(estimator: object) -> list[str]:
    """Distributions that hold the estimator's classes, its steps' included."""
    steps = [step for _, step in getattr(estimator, "steps", [])]
    modules = {type(part).__module__.split(".")[0] for part in [estimator, *steps]} | {"sklearn"}
    known = packages_distributions()
    return sorted({known[m][0] for m in modules if m in known} - {"modelyard"})


def _write(served: Served, folder: Path) -> None:
    (folder / FILE_NAME).write_text(served.model_dump_json(indent=1), encoding="utf-8")


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "")
