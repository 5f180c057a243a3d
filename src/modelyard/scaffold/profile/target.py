"""Finds the target's task, its classes and the positive one; refuses what cannot be learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from modelyard.config.model import Label, Task
from modelyard.errors import RequestError
from modelyard.scaffold.profile.model import Overrides
from modelyard.scaffold.profile.names import split
from modelyard.scaffold.profile.positive import choose_positive, match_positive
from modelyard.scaffold.profile.read import Facts
from modelyard.scaffold.profile.refusals import (
    refuse_classes,
    refuse_positive,
    refuse_task,
    refuse_values,
    too_many,
)
from modelyard.scaffold.profile.vocabulary import CLASS_WORDS, COUNTED

FEW_INTEGERS = 12


@dataclass(frozen=True)
class Target:
    """The target's task. `values` are the classes as they stand in the table, in the order of `classes`."""

    facts: Facts
    task: Task
    task_reason: str
    values: tuple[Label, ...] = ()
    balance: tuple[int, ...] = ()
    positive: Label | None = None
    positive_reason: str = ""

    @property
    def classes(self) -> list[str]:
        """The classes as labels; binary: negative, positive."""
        return [str(value) for value in self.values]

    @property
    def labelled(self) -> int:
        """Rows that have a target."""
        return self.facts.present


def study(facts: Facts, counts: pl.DataFrame | None, values: pl.Series, overrides: Overrides) -> Target:
    """Decide the task of the target.

    Args:
        facts: The target column.
        counts: Its distinct values with their counts over all rows ("value", "n"); None when they are many.
        values: Its values, or a sample of them, missing ones left out.
        overrides: The user's task and positive class.

    Raises:
        RequestError: Nothing can be learned from it, or the override does not fit.
    """
    refuse_values(facts, values)
    task, reason = _task(facts, counts, overrides)
    if task == "regression":
        refuse_positive(facts, overrides, task)
        return Target(facts, task, reason)
    if counts is None:
        raise too_many(facts)
    found = counts.sort("value")
    labels = [_label(value) for value in found["value"].to_list()]
    balance = found["n"].to_list()
    refuse_classes(facts, balance)
    if task == "multiclass":
        refuse_positive(facts, overrides, task)
        return Target(facts, task, reason, tuple(labels), tuple(balance))
    positive, why = _positive(facts, labels, balance, overrides)
    if labels[0] == positive:
        labels, balance = labels[::-1], balance[::-1]
    return Target(facts, task, reason, tuple(labels), tuple(balance), positive, why)


def _task(facts: Facts, counts: pl.DataFrame | None, overrides: Overrides) -> tuple[Task, str]:
    if overrides.task != "auto":
        refuse_task(facts, overrides.task)
        return overrides.task, "given by --task"
    if facts.temporal:
        raise RequestError(
            f"The target {facts.name!r} holds dates, which no task predicts.",
            "Make a number of it first, such as the days since an earlier date.",
            code="target_dates",
        )
    if facts.distinct == 2:
        return "binary", "the target has two values"
    if facts.type == "string":
        return "multiclass", f"the target has {facts.distinct} different texts"
    if counts is not None and _classes(facts, counts):
        few = "few whole numbers, each with many rows; --task regression predicts the number"
        return "multiclass", f"the target has {few}"
    return "regression", f"the target is a number with {facts.distinct:,} different values"


def _classes(facts: Facts, counts: pl.DataFrame) -> bool:
    """Say whether numbers are rather classes: few, whole, close together (or called so), and no counts."""
    numbers = counts.sort("value")["value"].to_list()
    if len(numbers) > FEW_INTEGERS or any(float(v) != int(v) for v in numbers):
        return False
    if set(split(facts.name)) & set(COUNTED) or facts.present < 10 * len(numbers):
        return False
    sizes = counts.sort("value")["n"].to_list()
    falling = len(sizes) >= 5 and numbers[0] == 0 and all(a >= b for a, b in pairwise(sizes))
    skewed = sizes[0] > 10 * sizes[-1]
    span, steps = numbers[-1] - numbers[0], {b - a for a, b in pairwise(numbers)}
    close = span < 2 * len(numbers) or (len(steps) > 1 and span < 10 * len(numbers))
    named = bool(set(split(facts.name)) & set(CLASS_WORDS))
    return (close or named) and not (falling and skewed)


def _positive(facts: Facts, labels: Sequence[Label], balance: Sequence[int], overrides: Overrides) -> tuple[Label, str]:
    if overrides.positive is None:
        return choose_positive(labels, balance)
    found = match_positive(overrides.positive, labels)
    if found is None:
        raise RequestError(
            f"--positive {overrides.positive!r} is no value of the target {facts.name!r}.",
            f"It has {labels[0]!r} and {labels[1]!r}.",
            code="no_such_class",
        )
    return found, "given by --positive"


def _label(value: object) -> Label:
    return value if isinstance(value, bool | int | float | str) else str(value)
