"""Permutation importance: how much the metric worsens when one source column is shuffled."""

from collections.abc import Callable

import numpy as np
import polars as pl

from modelyard.data.types import plainly
from modelyard.evaluation.results import Importance
from modelyard.evaluation.scored import Scored, scored
from modelyard.evaluation.trial import Trial

_MOST_ROWS = 2000
_MOST_COLUMNS = 100
_CALLS = 100  # scorings, whatever the number of columns


def importance(
    on: Trial,
    columns: list[str],
    score: Callable[[pl.DataFrame], np.ndarray],
    threshold: float | None,
) -> list[Importance]:
    """Return the columns with their mean drop over shuffles, the most important first.

    At most 2,000 rows are scored. Of more than a hundred columns, the hundred whose values order the scores
    most are tried.
    """
    metric, rows = on.metric, on.rows
    random = np.random.default_rng(on.where.plan.seed)
    taken = np.sort(random.permutation(on.frame.height)[:_MOST_ROWS])
    part, truth = on.frame[taken], rows.truth[taken]

    def value(of: pl.DataFrame) -> float:
        answers = scored(rows.task, truth, score(of), positive=rows.positive, threshold=threshold)
        return metric.sign * metric.function(answers)

    base = value(part)
    if not np.isfinite(base):
        return []
    chosen = columns if len(columns) <= _MOST_COLUMNS else _screen(part, columns, _summary(rows, taken))
    repeats = max(1, min(5, _CALLS // max(1, len(chosen))))
    found = []
    for name in chosen:
        shuffles = [part.with_columns(_shuffled(part[name], random)) for _ in range(repeats)]
        drops = [base - value(shuffled) for shuffled in shuffles]
        found.append(Importance(column=name, drop=float(np.mean(drops)), deviation=float(np.std(drops))))
    return sorted(found, key=lambda one: -one.drop)


def _shuffled(values: pl.Series, random: np.random.Generator) -> pl.Series:
    mixed = plainly(values)[random.permutation(len(values))]
    return mixed.alias(values.name)


def _summary(rows: Scored, taken: np.ndarray) -> np.ndarray:
    """Return one number per row that stands for its scores."""
    return rows.scores[taken].max(axis=1) if rows.task == "multiclass" else rows.chosen[taken]


def _screen(frame: pl.DataFrame, columns: list[str], scores: np.ndarray) -> list[str]:
    """Return the hundred columns whose ranks go most with the ranks of the scores."""
    target = _ranks(pl.Series(scores))
    strength = {name: abs(float(_ranks(plainly(frame[name])) @ target)) for name in columns}
    kept = set(sorted(columns, key=lambda name: -strength[name])[:_MOST_COLUMNS])
    return [name for name in columns if name in kept]


def _ranks(values: pl.Series) -> np.ndarray:
    """Return standardised ranks; 0 for a constant."""
    ranks = values.rank("average").fill_null(0.0).to_numpy().astype(np.float64)
    centred = ranks - ranks.mean()
    length = float(np.linalg.norm(centred))
    return centred / length if length else centred
