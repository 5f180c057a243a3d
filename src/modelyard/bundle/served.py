"""What `model.json` says: everything a server needs to know beside the model itself."""

from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from pydantic import ValidationError

from modelyard.bundle.calibration import Calibration
from modelyard.config.model import Task
from modelyard.data.encode import Encoding
from modelyard.data.types.kinds import LogicalType, logical_type, polars_type
from modelyard.errors import OutcomeError
from modelyard.record import Record

FILE_NAME = "model.json"
MODEL_FILES = {"onnx": "model.onnx", "python": "model.pkl"}
INPUT, OUTPUT = "rows", "scores"
"""Names of the ONNX graph's only input (rows, matrix columns) and output (rows, classes) or (rows,)."""


class Served(Record):
    """A served model: what it answers, what it reads, and in which form it runs."""

    task: Task
    classes: list[str] = []  # binary: [negative, positive]
    positive: str | None = None
    threshold: float | None = None  # binary: positive at or above it
    inputs: list[str]  # columns of the contract that it reads, before features()
    types: dict[str, LogicalType]
    encoding: Encoding
    form: Literal["onnx", "python"]
    identity: bool  # features() returns its rows unchanged and is not called
    by_row: bool = False  # the graph computes each row for itself: one alone gets the digits that it gets among others
    calibration: Calibration | None = None  # inside the graph when the form is onnx
    centre: float = 0.0  # regression: added to what the estimator says; inside the graph when the form is onnx
    reason: str = ""  # why it is not served as ONNX
    python: str = ""
    libraries: dict[str, str] = {}
    lock_sha256: str = ""

    def typed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the columns that the model reads, each with the contract's type."""
        present = set(rows.columns)
        absent = [name for name in self.inputs if name not in present]
        series = [rows.get_column(name) for name in self.inputs if not absent]
        if absent:
            raise missing(absent)
        return pl.DataFrame({s.name: _cast(s, self.types.get(s.name)) for s in series})

    def decide(self, scores: np.ndarray) -> list[str] | list[float]:
        """Return the class of each row (by the threshold, or the likeliest), or the number itself."""
        if self.task == "regression":
            return scores.tolist()
        if self.task == "binary":
            cut = 0.5 if self.threshold is None else self.threshold
            return [self.classes[int(p >= cut)] for p in scores[:, 1]]
        return [self.classes[k] for k in scores.argmax(axis=1)]


def missing(names: list[str], who: str = "The model", hint: str = "Give them, empty where unknown.") -> OutcomeError:
    """Return the error for columns that the rows lack."""
    shown = ", ".join(repr(name) for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return OutcomeError(f"{who} reads columns that the rows lack: {shown}{more}.", hint, code="missing_columns")


def logical(schema: pl.Schema) -> dict[str, LogicalType]:
    """Return the logical type of each column."""
    return {column: logical_type(dtype) for column, dtype in schema.items()}


def read(folder: Path) -> Served:
    """Read `model.json`.

    Raises:
        OutcomeError: It is absent or was written by an incompatible version.
    """
    path = folder / FILE_NAME
    try:
        return Served.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise OutcomeError(
            f"{path} cannot be read: {error}",
            "The bundle is damaged, or was made by another version of modelyard.",
            code="bad_bundle",
        ) from error


def _cast(series: pl.Series, kind: LogicalType | None) -> pl.Series:
    dtype = polars_type(kind) if kind else series.dtype
    return series if series.dtype == dtype else series.cast(dtype, strict=False)
