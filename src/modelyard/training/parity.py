"""Whether the served form says what the trained one says: on held-out rows, and on rows made to be awkward."""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import polars as pl

from modelyard.errors import ModelyardError
from modelyard.evaluation.results import Parity

Score = Callable[[pl.DataFrame], np.ndarray]

TOLERANCE = 1e-4
"""Of a probability; of a number, relative to the spread of the predictions."""
ALLOWED = 1e-4
"""Share of rows that may differ by more."""
_MOST_ROWS = 200_000
_TINY = float(np.finfo(np.float32).tiny)


def parity(  # noqa: PLR0913
    native: Score,
    served: Score,
    rows: pl.DataFrame,
    *,
    inputs: list[str],
    threshold: float | None = None,
    form: Literal["onnx", "python"] = "onnx",
    reason: str = "",
) -> Parity:
    """Compare two ways of scoring.

    Args:
        native: `Fitted.score`.
        served: `Scorer.score`.
        rows: Held-out rows, all columns.
        inputs: The columns that are made awkward.
        threshold: Of a binary model.
        form: What is served.
        reason: Why it is not ONNX.
    """
    held_out = rows.head(_MOST_ROWS)
    pairs = [(native(held_out), served(held_out))]
    pairs += _awkward_pairs(native, served, list(awkward(held_out, inputs)))
    a, b = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    off = differences(a, b, usual=pairs[0][0])
    differing = int((off > TOLERANCE).sum())
    return Parity(
        rows=len(off),
        differing=differing,
        largest=float(off.max(initial=0.0)),
        flips=int((_decided(a, threshold) != _decided(b, threshold)).sum()) if a.ndim == 2 else 0,
        passed=differing <= ALLOWED * len(off),
        served=form,
        reason=reason,
    )


def differences(native: np.ndarray, served: np.ndarray, *, usual: np.ndarray | None = None) -> np.ndarray:
    """Return how far each row is off, shape (rows,): the largest over classes; NaN is infinitely far.

    Numbers are compared relative to the spread of the `usual` predictions, or to the distance from their mean where
    that is larger: 1.7e9 ± 1 is not right when it is off by 90.
    """
    if native.shape != served.shape:
        return np.full(max(len(native), 1), np.inf)
    gap = np.abs(native - served)
    if gap.ndim == 2:
        gap = gap.max(axis=1)
    else:
        usual = native if usual is None or not len(usual) else usual
        scale = np.maximum(np.abs(native - usual.mean()), usual.std())
        gap = gap / np.maximum(scale, _TINY + 1e-3 * np.abs(native) * (usual.std() == 0))
    return np.where(np.isnan(gap), np.inf, gap)


def awkward(rows: pl.DataFrame, inputs: list[str]) -> Iterator[pl.DataFrame]:
    """Yield frames in which one column at a time is null, unseen, extreme, or too long for float32."""
    base = rows.head(1)
    if base.is_empty():
        return
    for name in inputs:
        values = strange(rows.get_column(name))
        repeated = pl.concat([base] * len(values)) if len(values) else base.clear()
        yield repeated.with_columns(values.alias(name)) if len(values) else repeated
    yield base.with_columns([pl.lit(None, dtype=rows.schema[n]).alias(n) for n in inputs])


def strange(values: pl.Series) -> pl.Series:
    """Return null, values outside what `values` holds, and its extremes."""
    dtype = values.dtype
    if dtype == pl.Boolean:
        return pl.Series([None, True, False], dtype=dtype)
    if dtype == pl.String:
        return pl.Series([None, "", "never seen before: ⌘", "0", "x" * 1000], dtype=dtype)
    if dtype.is_integer():
        far = [0, -1, 2**24 + 1, 2**31 - 1, -(2**31)]
        return pl.Series([None, values.min(), values.max(), *far]).cast(dtype, strict=False)
    if dtype.is_float():
        far = [0.0, -1.0, 2.0**24 + 1, 1e9, -1e9, float("nan"), float("inf"), float("-inf"), 1e300]
        return pl.Series([None, values.min(), values.max(), *far], strict=False).cast(dtype, strict=False)
    if dtype in (pl.Date, pl.Datetime):
        return pl.Series([None, values.min(), values.max(), *_far_days()], strict=False).cast(dtype, strict=False)
    return pl.Series([None], dtype=dtype)


def _far_days() -> list:
    from datetime import datetime

    return [datetime(1900, 1, 1, 0, 0), datetime(2000, 2, 29, 23, 59), datetime(2199, 12, 31, 12, 30)]


def _awkward_pairs(native: Score, served: Score, frames: list[pl.DataFrame]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Score awkward rows, all at once if that works; leave out those that the user's features() refuses."""
    if not frames:
        return []
    together = pl.concat(frames)
    try:
        expected = native(together)
    except ModelyardError:
        parts = frames if len(frames) > 1 else [together[i : i + 1] for i in range(together.height)]
        half = len(parts) // 2  # none of a single row
        sides = (parts[:half], parts[half:]) if half else ()
        return [pair for side in sides for pair in _awkward_pairs(native, served, side)]
    return [(expected, served(together))]


def _decided(scores: np.ndarray, threshold: float | None) -> np.ndarray:
    if threshold is not None and scores.shape[1] == 2:
        return scores[:, 1] >= threshold
    return scores.argmax(axis=1)
