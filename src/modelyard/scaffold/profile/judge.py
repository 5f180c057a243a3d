"""Draws the rows on which leaks are scored, folds them as the split would, and applies the verdicts."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from modelyard.scaffold.profile.choose import SplitChoice
from modelyard.scaffold.profile.columns import Sorting
from modelyard.scaffold.profile.leaks import Verdict, leaks
from modelyard.scaffold.profile.read import Reading
from modelyard.scaffold.profile.roles import Decided
from modelyard.scaffold.profile.scores import Truth, truth
from modelyard.scaffold.profile.target import Target

CELLS = 600_000  # rows times columns scored
FEWEST, MOST = 3_000, 20_000
CLASSES = 6


def judge(reading: Reading, sorting: Sorting, target: Target, split: SplitChoice) -> tuple[Sorting, list[str]]:
    """Return the sorting without leaking features, and warnings about what was left out or is odd."""
    features = sorting.features(reading.facts)
    if not features:
        return sorting, []
    rows = _draw(reading.frame, target, min(MOST, max(FEWEST, CELLS // len(features))))
    time = sorting.only("time")
    times = [reading.by_name[time]] if time is not None else []
    verdicts = leaks(rows, features, times, _truth(rows, target, reading, split))
    excluded = [verdict for verdict in verdicts if verdict.excluded]
    if len(excluded) == len(features):
        return _keep_all(sorting, excluded)
    return _apply(sorting, verdicts), [f"{v.column!r} is left out: {v.why}" for v in excluded]


def _draw(frame: pl.DataFrame, target: Target, most: int) -> pl.DataFrame:
    """Shuffle, and keep rare classes whole: a ranking measure does not mind the change of balance."""
    outcome = frame.select(pl.col(target.facts.key).alias("outcome")).with_row_index("row").drop_nulls()
    shuffled = outcome.sample(fraction=1.0, shuffle=True, seed=0)
    if target.task == "regression":
        return frame[shuffled["row"].head(most)]
    if shuffled.height > most:
        each = max(1, most // min(len(target.values), 2 * CLASSES))
        shuffled = shuffled.filter(pl.int_range(pl.len()).over("outcome") < each)
    return frame[shuffled["row"]]


def _truth(rows: pl.DataFrame, target: Target, reading: Reading, split: SplitChoice) -> Truth:
    """Fold by day or by group where the split does: within a day everything is alike."""
    unit = pl.Series(range(rows.height), dtype=pl.Int64)
    if split.column is not None and split.by != "hash":
        unit = rows[reading.by_name[split.column].key]
        unit = unit.cast(pl.Date) if split.by == "time" else unit
    return truth(rows[target.facts.key], unit, _outcomes(target))


def _outcomes(target: Target) -> list[object] | None:
    if target.task == "regression":
        return None
    if target.task == "binary":
        return [target.positive]
    largest: Sequence[tuple[int, object]] = sorted(
        zip(target.balance, target.values, strict=True), key=lambda item: -item[0]
    )
    return [value for _, value in largest[:CLASSES]]


def _apply(sorting: Sorting, verdicts: Sequence[Verdict]) -> Sorting:
    changed = {}
    for verdict in verdicts:
        now = sorting.decided[verdict.column]
        if verdict.excluded:
            changed[verdict.column] = Decided("ignored", verdict.why)
        elif verdict.column not in changed:
            changed[verdict.column] = replace(now, note=verdict.why)
    return replace(sorting, decided={**sorting.decided, **changed})


def _keep_all(sorting: Sorting, excluded: Sequence[Verdict]) -> tuple[Sorting, list[str]]:
    """With nothing but suspects there would be no model; say so and let the user judge."""
    notes = [replace(verdict, excluded=False) for verdict in excluded]
    told = [f"{v.column!r} is kept although it may be a leak, as nothing else is left: {v.why}" for v in excluded]
    return _apply(sorting, notes), told
