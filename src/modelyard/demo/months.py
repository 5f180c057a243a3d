"""Sets the retrained model beside the one before it, month by month, where it is better and where it is not."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from modelyard.demo.flights import TARGET, TIME, between
from modelyard.evaluation.bootstrap import estimate
from modelyard.evaluation.compare import compare
from modelyard.evaluation.metrics import METRICS
from modelyard.evaluation.scored import Scored, scored
from modelyard.evaluation.units import Plan, units
from modelyard.report.data import Period, Periods

if TYPE_CHECKING:
    from modelyard.serving.scorer import Scorer

_METRIC = METRICS["log_loss"]
_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
_SPLIT, _CALIBRATED_ON = 7, 6
STAGED = (
    "Staged: that the first model was trained on winter alone is a choice, outcomes come thirty days late by "
    "simulation, weather is as observed at the hour, and the two broken challengers were made to be broken. The "
    "flights, their delays and every number are real and computed in this run."
)


def periods(flights: pl.DataFrame, old: "Scorer", new: "Scorer", *, old_end: int, new_end: int) -> Periods:
    """Compare the log loss of two versions in each month that the old one had not seen.

    Args:
        flights: The year, with outcomes.
        old: The version before.
        new: The retrained version.
        old_end: Last month that the old version was fitted on.
        new_end: Last month that the new version was fitted on.
    """
    known = flights.filter(pl.col(TARGET).is_not_null())
    found = [_period(between(known, month, month), month, old, new, new_end) for month in range(old_end + 1, 13)]
    july = between(known, _SPLIT, _SPLIT)
    return Periods(
        metric=_METRIC.name,
        periods=tuple(found),
        notes=(
            STAGED,
            _gain(july, between(known, _CALIBRATED_ON, _CALIBRATED_ON), old, new),
        ),
    )


def _period(rows: pl.DataFrame, month: int, old: "Scorer", new: "Scorer", new_end: int) -> Period:
    where = units(rows.get_column(TIME).dt.date().to_numpy(), Plan(unit="day"))
    before, after = _scored(rows, old), _scored(rows, new)
    return Period(
        name=_NAMES[month - 1],
        rows=rows.height,
        blocks=where.blocks,
        unit="day",
        old=estimate(_METRIC, before, where),
        new=estimate(_METRIC, after, where),
        gain=compare(_METRIC, after, before, where, "old").difference,
        seen_by_new=month <= new_end,
    )


def _scored(rows: pl.DataFrame, model: "Scorer") -> Scored:
    truth = rows.get_column(TARGET).cast(pl.Int64).to_numpy()
    return scored("binary", truth, model.score(rows), positive=1)


def _gain(july: pl.DataFrame, june: pl.DataFrame, old: "Scorer", new: "Scorer") -> str:
    """Say how much of July's gain a recalibration of the old version on June would have given."""
    from sklearn.linear_model import LogisticRegression

    def logits(rows: pl.DataFrame) -> np.ndarray:
        p = np.clip(old.score(rows)[:, 1], 1e-6, 1 - 1e-6)
        return np.log(p / (1 - p)).reshape(-1, 1)

    def truth(rows: pl.DataFrame) -> np.ndarray:
        return rows.get_column(TARGET).cast(pl.Int64).to_numpy()

    shifted = LogisticRegression(C=1e6).fit(logits(june), truth(june)).predict_proba(logits(july))
    losses = [_METRIC.function(_scored(july, m)) for m in (old, new)]
    middle = _METRIC.function(scored("binary", truth(july), shifted, positive=1))
    return (
        f"In July the log loss is {losses[0]:.3f} for the winter model and {losses[1]:.3f} for the retrained one. "
        f"Recalibrating the winter model on June would have given {middle:.3f}; the rest is what the model learned."
    )
