"""What became of the answers of a release, where the truth is known already: losses in [0, 1], by who answered."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from modelyard.bundle.served import Served
from modelyard.data.store import Store
from modelyard.feedback import joined
from modelyard.release.counts import CHALLENGER
from modelyard.release.verdict import Outcomes
from modelyard.routing.release import Release

_LABELS = "labels"


def outcomes(
    store: Store,
    release: Release,
    served: dict[str, Served],
    moments: tuple[datetime, datetime],
    scale: float,
) -> Outcomes | None:
    """Return the losses of the release's labelled answers; None where there are no labels.

    Who answers is drawn by entity, so the loss of an entity is the mean over its rows: rows of one entity are not
    independent trials.

    Args:
        store: Of the environment.
        release: Its challenger, its champion, its beginning.
        served: What each of them answers, by sha256.
        moments: The first and last event of its rows so far.
        scale: Regression: the error whose loss is one half.

    Raises:
        OutsideError: Labels or captures cannot be read.
    """
    if not store.list(_LABELS):
        return None
    started = datetime.fromisoformat(release.started).replace(tzinfo=None)
    until = moments[1] + timedelta(microseconds=1)
    parts = []
    for frame in joined(store, since=moments[0], until=until, versions=list(served), roles=["champion", *CHALLENGER]):
        known = frame.filter(pl.col("truth").is_not_null(), pl.col("received_time") >= started)
        parts += [_losses(part, served[str(sha256)], scale) for (sha256,), part in known.group_by("sha256")]
    rows = pl.concat(parts) if parts else None
    return None if rows is None or not rows.height else _summed(rows)


def _losses(rows: pl.DataFrame, served: Served, scale: float) -> pl.DataFrame:
    loss = _absolute(rows, scale) if served.task == "regression" else _brier(rows, served.classes)
    unit = pl.coalesce("entity", "request_id").alias("unit")
    named = rows.select(unit, challenger=pl.col("role").is_in(CHALLENGER))
    return named.with_columns(loss=pl.Series(loss, dtype=pl.Float64)).filter(pl.col("loss").is_finite())


def _brier(rows: pl.DataFrame, classes: list[str]) -> np.ndarray:
    """Return half the squared distance to the truth; an answer without numbers has the largest loss."""
    width = len(classes)
    lists = [row if row is not None and len(row) == width else [None] * width for row in rows["scores"].to_list()]
    given = np.array([[np.nan if v is None else v for v in row] for row in lists], dtype=np.float64)
    truth = np.array([[label == name for name in classes] for label in rows["truth"].to_list()], dtype=np.float64)
    loss = ((given - truth) ** 2).sum(axis=1) / 2
    return np.where(np.isfinite(loss), np.clip(loss, 0.0, 1.0), 1.0)


def _absolute(rows: pl.DataFrame, scale: float) -> np.ndarray:
    """Return |error| / (|error| + scale): in [0, 1) whatever the truth is; NaN for a truth that is no number."""
    truth = rows["truth"].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    given = rows["score"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    error = np.abs(given - truth)
    bad = ~np.isfinite(given) & np.isfinite(truth)
    return np.where(bad, 1.0, error / (error + max(scale, float(np.finfo(np.float32).tiny))))


def _summed(rows: pl.DataFrame) -> Outcomes:
    units = rows.group_by("challenger", "unit").agg(pl.col("loss").mean())
    told = {bool(one): (part.height, float(part["loss"].sum())) for (one,), part in units.group_by("challenger")}
    champion, challenger = told.get(False, (0, 0.0)), told.get(True, (0, 0.0))
    return Outcomes(
        champion_trials=champion[0],
        champion_losses=champion[1],
        challenger_trials=challenger[0],
        challenger_losses=challenger[1],
    )
