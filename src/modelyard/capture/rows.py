"""Makes the captured columns from lines: safe names first, the user's own inside `inputs`."""

from collections.abc import Callable

import numpy as np
import polars as pl

from modelyard.capture import lines
from modelyard.capture.shape import Shape
from modelyard.data.types import polars_type

Hide = Callable[[pl.Series], pl.Series]
"""Values of a personal column -> what is kept of them."""

SCHEMA: dict[str, pl.DataType] = {
    "request_id": pl.String(),
    "row": pl.Int32(),
    "entity": pl.String(),
    "event_time": pl.Datetime("us"),
    "received_time": pl.Datetime("us"),
    "version": pl.Int32(),
    "sha256": pl.String(),
    "role": pl.String(),
    "boot": pl.String(),
    "sequence": pl.Int64(),
    "prediction": pl.String(),
    "score": pl.Float64(),
    "scores": pl.List(pl.Float64()),
}
"""Every column of a file but `inputs`, a struct of the user's columns that differs between versions."""


class Reader:
    """Reads the lines of one version; what to do is planned once, since each call to polars takes the interpreter."""

    def __init__(self, shape: Shape, boot: str, hide: Hide | None) -> None:
        """Plan.

        Args:
            shape: Of the version that answered.
            boot: Of this process.
            hide: What is kept of personal columns; None leaves them out.
        """
        kept = [name for name in shape.names if hide is not None or name not in shape.personal]
        self._hidden = [lines.position(shape, name) for name in kept if name in shape.personal]
        self._hide = hide
        self._schema = lines.schema(shape)
        score, prediction = _answers(shape)
        self._columns = {
            "request_id": pl.col("request"),
            "row": pl.col("row"),
            "entity": pl.col("entity"),
            "event_time": _event_time(shape),
            "received_time": pl.from_epoch((pl.col("received") * 1e6).round().cast(pl.Int64), time_unit="us"),
            "version": pl.lit(shape.version, pl.Int32),
            "sha256": pl.lit(shape.sha256),
            "role": pl.col("role"),
            "boot": pl.lit(boot),
            "sequence": pl.lit(None, pl.Int64),
            "prediction": prediction,
            "score": score,
            "scores": _SCORES,
            "inputs": _inputs(shape, kept),
        }

    def read(self, text: bytes, sequence: np.ndarray) -> pl.DataFrame:
        """Return captured rows with the columns of `SCHEMA` and `inputs`.

        Args:
            text: Lines of this version.
            sequence: The number of each row in this process, shape (rows,).

        Raises:
            ValueError: A row is not of this version.
            PolarsError: The same.
        """
        found = pl.read_ndjson(text, schema=self._schema)
        if found.height != len(sequence):
            raise ValueError(f"{found.height} rows of {len(sequence)} could be read")
        if self._hide is not None and self._hidden:
            found = found.with_columns([self._hide(found[key]).alias(key) for key in self._hidden])
        number = pl.Series(sequence, dtype=pl.Int64)
        return found.select(**(self._columns | {"sequence": number}))


_SCORES = pl.col("scores").list.eval(pl.element().fill_null(float("nan")))  # JSON has no other word for them


def _event_time(shape: Shape) -> pl.Expr:
    if shape.time is None:
        return pl.lit(None, dtype=pl.Datetime("us"))
    return lines.typed(shape, shape.time).cast(pl.Datetime("us"))


def _inputs(shape: Shape, kept: list[str]) -> pl.Expr:
    if not kept:  # a struct without fields cannot be stored
        return pl.lit(None, dtype=polars_type("string"))
    return pl.struct(
        [(pl.col(lines.position(shape, n)) if n in shape.personal else lines.typed(shape, n)).alias(n) for n in kept]
    )


def _answers(shape: Shape) -> tuple[pl.Expr, pl.Expr]:
    """Return the positive's probability or the number, and the class; null where a score is no finite number."""
    if not shape.classes:
        return _SCORES.list.first(), pl.lit(None, pl.String)
    finite = pl.when(_SCORES.list.sum().is_finite())
    if len(shape.classes) == 2:
        positive = _SCORES.list.get(1, null_on_oob=True)
        is_positive = positive >= (0.5 if shape.threshold is None else shape.threshold)
        chosen = pl.when(is_positive).then(pl.lit(shape.classes[1])).otherwise(pl.lit(shape.classes[0]))
        return positive, finite.then(chosen)
    likeliest = _SCORES.list.arg_max().cast(pl.Int64)
    names = likeliest.replace_strict(
        list(range(len(shape.classes))), list(shape.classes), default=None, return_dtype=pl.String
    )
    return pl.lit(None, pl.Float64), finite.then(names)
