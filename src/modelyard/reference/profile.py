"""What rows and predictions of a version looked like: small enough to travel, exact enough for drift."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from modelyard.data.contract import Contract
from modelyard.record import Record
from modelyard.reference.distribution import MOST_EDGES, Distribution, describe
from modelyard.reference.windows import day_numbers

_FEWEST_EDGES = 39
_EDGES_IN_ALL = 12_000  # keeps the file of a wide table near a megabyte


class Profile(Record):
    """The reference of one version; monitoring compares what arrives with it."""

    rows: int
    columns: list[Distribution]
    predictions: list[Distribution] = []  # of held-out rows: in-sample predictions are surer than served ones
    truth: Distribution | None = None  # the target of the training rows: what a constant answer would say
    time: str | None = None
    begins: str | None = None
    ends: str | None = None
    personal: list[str] = []  # names only; these columns are left out

    def column(self, name: str) -> Distribution | None:
        """Return the distribution of `name`, if it was profiled."""
        return next((column for column in self.columns if column.name == name), None)


def build(  # noqa: PLR0913 - one call, and all of it belongs to one version
    frame: pl.DataFrame,
    contract: Contract,
    features: Sequence[str],
    *,
    predictions: NDArray[np.floating] | None,
    classes: Sequence[str] = (),
    time: str | None = None,
    truth: pl.Series | None = None,
    predicted_at: pl.Series | None = None,
) -> Profile:
    """Profile the rows that a version was fitted on.

    Args:
        frame: The training rows, typed by the contract.
        contract: Says which columns are personal; those are left out.
        features: The columns to profile; names that `frame` lacks are skipped.
        predictions: Held-out scores: probabilities (n, K) in the order of `classes`, or values (n,).
        classes: The classes of a classifier.
        time: The column that orders the rows; with it, each column gets its distances between windows.
        truth: The target of the training rows, as labels or numbers; left out where it is personal.
        predicted_at: When the rows of `predictions` happened; with it, they get distances between windows too.
    """
    personal = [column.name for column in contract.columns if column.personal]
    names = [name for name in dict.fromkeys(features) if name in frame.columns and name not in personal]
    edges = max(_FEWEST_EDGES, min(MOST_EDGES, _EDGES_IN_ALL // max(len(names), 1)))
    clock = frame[time] if time is not None and time in frame.columns else None
    days = day_numbers(clock)
    scores = {} if predictions is None else prediction_columns(predictions, classes)
    begins, ends = (None, None) if days is None or clock is None else (str(clock.min()), str(clock.max()))
    return Profile(
        rows=frame.height,
        columns=[describe(frame[name], days if name != time else None, edges) for name in names],
        predictions=[describe(v.alias(name), day_numbers(predicted_at)) for name, v in scores.items()],
        truth=None if truth is None or truth.name in personal else describe(truth),
        time=None if days is None else time,
        begins=begins,
        ends=ends,
        personal=[name for name in personal if name in features],
    )


def prediction_columns(scores: NDArray[np.floating], classes: Sequence[str]) -> dict[str, pl.Series]:
    """Turn scores into the columns that stand for them.

    Returns:
        `prediction`: the positive probability (two classes), the likeliest class (more), or the value
        (regression); with more than two classes also `confidence`, the largest probability.
    """
    if scores.ndim == 1:
        return {"prediction": pl.Series(scores.astype(float))}
    if scores.shape[1] <= 2:
        return {"prediction": pl.Series(scores[:, -1].astype(float))}
    names = list(classes) or [str(number) for number in range(scores.shape[1])]
    likeliest = [names[index] for index in scores.argmax(axis=1)]
    confidence = scores.max(axis=1).astype(float)
    return {"prediction": pl.Series(likeliest, dtype=pl.String), "confidence": pl.Series(confidence)}
