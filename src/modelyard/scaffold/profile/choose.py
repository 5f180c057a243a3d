"""Chooses metric, split and estimator, each with its reason, and computes what a dummy would score."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from modelyard.config.model import Estimator
from modelyard.scaffold.profile.read import Facts
from modelyard.scaffold.profile.roles import FEWEST_DAYS, FEWEST_GROUPS
from modelyard.scaffold.profile.target import Target

RARE = 0.15
UNEVEN = 5.0
HEAVY = 0.25
SMALL = 500


@dataclass(frozen=True)
class Metric:
    """The metric that decides, why, and its value for a dummy."""

    name: str
    reason: str
    dummy: float


@dataclass(frozen=True)
class SplitChoice:
    """How rows are held out."""

    by: Literal["time", "group", "hash"]
    column: str | None
    reason: str


def metric(target: Target, values: pl.Series) -> Metric:
    """Choose the metric. `values` are the target's (or a sample of them), missing ones left out."""
    if target.task == "regression":
        return _of_numbers(values.cast(pl.Float64))
    shares = [n / target.labelled for n in target.balance]
    return _of_two(shares[1]) if target.task == "binary" else _of_many(shares)


def _of_two(rate: float) -> Metric:
    if rate < RARE:
        return Metric("average_precision", f"positives are rare ({_percent(rate)} of rows)", rate)
    return Metric("roc_auc", f"neither class is rare (positives are {_percent(rate)} of rows)", 0.5)


def _of_many(shares: Sequence[float]) -> Metric:
    largest = max(shares)
    if largest > UNEVEN * min(shares):
        # always answering the largest class: its F1 is 2p / (1 + p), that of the others 0
        f1 = 2 * largest / (1 + largest) / len(shares)
        return Metric("macro_f1", f"classes are uneven ({_percent(min(shares))} to {_percent(largest)} of rows)", f1)
    entropy = -sum(share * math.log(share) for share in shares)
    return Metric("log_loss", f"{len(shares)} classes of like size: judge the probabilities", entropy)


def _of_numbers(values: pl.Series) -> Metric:
    squares = ((values - values.mean()) ** 2).sort(descending=True)
    total = float(squares.sum())
    tail = float(squares.head(max(1, len(squares) // 100)).sum()) / total if total > 0 else 0.0
    if tail > HEAVY and len(squares) >= 100 and math.isfinite(total):
        absolute = float((values - values.median()).abs().mean())  # ty: ignore[invalid-argument-type]
        why = f"heavy tails: 1 % of the rows hold {_percent(tail)} of the squared deviation"
        return Metric("mae", why, absolute)
    deviation = math.sqrt(total / len(squares)) if math.isfinite(total) else math.inf
    return Metric("rmse", "no heavy tails: a large error should weigh more", deviation)


def split(time: Facts | None, days: int, group: Facts | None, identity: Facts | None) -> SplitChoice:
    """Choose the split: by time, else by a repeated group, else by a hash."""
    if time is not None and days >= FEWEST_DAYS:
        return SplitChoice("time", time.name, f"{time.name!r} orders the rows: the newest days judge the model")
    few = f"; {time.name!r} has only {days} different days" if time is not None else ""
    if group is not None and group.distinct < FEWEST_GROUPS:
        few += f"; {group.name!r} has only {group.distinct} different values"
    elif group is not None:
        return SplitChoice("group", group.name, f"rows of one {group.name!r} stay on one side{few}")
    if identity is not None:
        return SplitChoice("hash", identity.name, f"no time or group to split by: by a hash of {identity.name!r}{few}")
    return SplitChoice("hash", None, f"no time, group or identifier to split by: by a hash of the row{few}")


def estimator(target: Target, features: int, chosen: str) -> tuple[Estimator, str]:
    """Choose the estimator: boosting where there are enough rows for it."""
    if chosen != "auto":
        return chosen, "given by --estimator"  # ty: ignore[invalid-explicit-return]
    if target.labelled < SMALL:
        return "linear", f"{target.labelled} labelled rows are few: a linear model overfits least"
    if features > target.labelled / 5:
        return (
            "linear",
            f"{features} features for {target.labelled:,} labelled rows: a linear model overfits least",
        )
    return (
        "boosting",
        f"{target.labelled:,} labelled rows of mixed columns: boosted trees need no preparation",
    )


def class_weight(chosen: Metric) -> tuple[Literal["balanced"] | None, str]:
    """Weigh classes only where the metric asks for every class alike."""
    if chosen.name == "macro_f1":
        return "balanced", "the metric counts every class alike"
    if chosen.name == "average_precision":
        return None, "the threshold is chosen on validation rows instead, so that probabilities stay honest"
    return None, "not needed"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
