"""The metrics that `modelyard.yaml` may name, each exact and in a form that is quick to resample."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np

from modelyard.config.model import Task
from modelyard.errors import RequestError
from modelyard.evaluation import deciding, losses, ranking
from modelyard.evaluation.scored import Scored, scored
from modelyard.evaluation.units import Units, totals

Exact = Callable[[Scored], float]
Finish = Callable[[np.ndarray], np.ndarray]
Prepare = Callable[[Scored, Units], tuple[np.ndarray, Finish]]
Constant = Literal["share", "majority", "positive", "negative", "mean", "median"]


@dataclass(frozen=True)
class Metric:
    """One metric.

    Args:
        name: As it is written in `modelyard.yaml`.
        tasks: The tasks it is defined for.
        greater_is_better: Its direction.
        function: The exact value on some rows.
        prepare: Sums per unit (units, q), and what turns (resamples, q) weighted sums into values.
        constant: The best answer that ignores the row: class shares, one class, or a value.
        scaled: Whether it is in the target's units, so that half a point means nothing.
        paired_labels: Whether it is the share of right decisions, for which a score interval exists.
    """

    name: str
    tasks: tuple[Task, ...]
    greater_is_better: bool
    function: Exact
    prepare: Prepare
    constant: Constant
    scaled: bool = False
    paired_labels: bool = False

    @property
    def sign(self) -> float:
        """Return 1 where more is better, else -1."""
        return 1.0 if self.greater_is_better else -1.0


def find(name: str, task: Task) -> Metric:
    """Return the metric called `name`.

    Raises:
        RequestError: When there is none for this task; names the nearest and lists all.
    """
    names = names_for(task)
    if name in names:
        return METRICS[name]
    near = get_close_matches(name.lower().replace("-", "_").replace(" ", "_"), names, n=1, cutoff=0.5)
    suggestion = f"Did you mean {near[0]!r}? " if near else ""
    problem = f"is not defined for a {task} task" if name in METRICS else "is not known"
    raise RequestError(
        f"The metric {name!r} {problem}",
        f"{suggestion}For {task} there are: {', '.join(names)}.",
        code="unknown_metric",
    )


def names_for(task: Task) -> list[str]:
    """Return the names of all metrics of a task."""
    return [metric.name for metric in METRICS.values() if task in metric.tasks]


def measure(  # noqa: PLR0913 - what a scorer of a search has in hand
    name: str,
    task: Task,
    truth: np.ndarray,
    scores: np.ndarray,
    *,
    positive: int | None = None,
    threshold: float | None = None,
) -> float:
    """Return one metric's exact value (see `scored` for the shapes)."""
    return find(name, task).function(scored(task, truth, scores, positive=positive, threshold=threshold))


def _one_unit(rows: Scored) -> Units:
    return Units(np.zeros(len(rows), dtype=np.int64), 1, 1)


def _summed(counts: Callable[[Scored, Units], np.ndarray], finish: Finish) -> tuple[Exact, Prepare]:
    """Return both forms of a metric that is a function of sums over rows."""

    def exact(rows: Scored) -> float:
        return float(finish(counts(rows, _one_unit(rows)))[0]) if len(rows) else float("nan")

    def prepare(rows: Scored, where: Units) -> tuple[np.ndarray, Finish]:
        return counts(rows, where), finish

    return exact, prepare


def _mean(of_rows: Callable[[Scored], np.ndarray], finish: Finish = losses.mean) -> tuple[Exact, Prepare]:
    """Return both forms of a metric that adds up (n, q) statistics of rows."""

    def counts(rows: Scored, where: Units) -> np.ndarray:
        return totals(of_rows(rows), where)

    return _summed(counts, finish)


def _ranked(exact: Exact, finish: Callable[[np.ndarray, int], np.ndarray]) -> tuple[Exact, Prepare]:
    """Return both forms of a metric of the order of scores."""

    def prepare(rows: Scored, where: Units) -> tuple[np.ndarray, Finish]:
        classes = 1 if rows.positive is not None else rows.classes
        return ranking.ranked(rows, where), lambda sums: finish(sums, classes)

    return exact, prepare


def _median(rows: Scored, where: Units) -> tuple[np.ndarray, Finish]:
    counts, edges = losses.median_histograms(rows, where)
    return counts, lambda sums: losses.resampled_median(sums, edges)


_BOTH: tuple[Task, ...] = ("binary", "multiclass")
_BINARY: tuple[Task, ...] = ("binary",)
_VALUES: tuple[Task, ...] = ("regression",)

_BY_CLASS, _BY_POSITIVE = deciding.class_counts, deciding.positive_counts

_ALL = [
    Metric("roc_auc", _BOTH, True, *_ranked(ranking.roc_auc, ranking.resampled_auc), "share"),
    Metric(
        "average_precision",
        _BOTH,
        True,
        *_ranked(ranking.average_precision, ranking.resampled_precision),
        "share",
    ),
    Metric("log_loss", _BOTH, False, *_mean(losses.log_loss_rows), "share"),
    Metric("brier", _BOTH, False, *_mean(losses.brier_rows), "share"),
    Metric("accuracy", _BOTH, True, *_summed(_BY_CLASS, deciding.accuracy), "majority", paired_labels=True),
    Metric("balanced_accuracy", _BOTH, True, *_summed(_BY_CLASS, deciding.balanced_accuracy), "majority"),
    Metric("macro_f1", _BOTH, True, *_summed(_BY_CLASS, deciding.macro_f1), "majority"),
    Metric("mcc", _BOTH, True, *_summed(_BY_CLASS, deciding.mcc), "majority"),
    Metric("f1", _BINARY, True, *_summed(_BY_POSITIVE, deciding.f1), "positive"),
    Metric("precision", _BINARY, True, *_summed(_BY_POSITIVE, deciding.precision), "positive"),
    # A constant "yes" has recall 1, which nothing can beat; the constant to compare with is "no".
    Metric("recall", _BINARY, True, *_summed(_BY_POSITIVE, deciding.recall), "negative"),
    Metric("rmse", _VALUES, False, *_mean(losses.squared_rows, losses.root), "mean", scaled=True),
    Metric("mae", _VALUES, False, *_mean(losses.absolute_rows), "median", scaled=True),
    Metric("median_ae", _VALUES, False, losses.median_absolute, _median, "median", scaled=True),
    Metric("r2", _VALUES, True, *_mean(losses.variance_rows, losses.explained), "mean"),
    Metric("mape", _VALUES, False, *_mean(losses.relative_rows), "median"),
]
METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
