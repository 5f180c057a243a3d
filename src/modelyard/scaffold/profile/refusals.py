"""Refuses targets from which nothing can be learned, and overrides that do not fit; says what to do."""

from collections.abc import Sequence

import polars as pl

from modelyard.errors import RequestError
from modelyard.scaffold.profile.model import Overrides
from modelyard.scaffold.profile.read import Facts

FEWEST_ROWS = 20
MOST_CLASSES = 100


def refuse_values(facts: Facts, values: pl.Series) -> None:
    """Raise RequestError when the target is missing everywhere, constant, in too few rows, or infinite."""
    name = facts.name
    if facts.present == 0:
        raise RequestError(
            f"Every value of the target {name!r} is missing.", "Name another --target.", code="target_missing"
        )
    if facts.distinct == 1:
        raise RequestError(
            f"The target {name!r} has the same value in every row that has one: there is nothing to learn.",
            "Add rows with another outcome, or name another --target.",
            code="target_constant",
        )
    if facts.present < FEWEST_ROWS:
        raise RequestError(
            f"Only {facts.present} of {facts.rows} rows have a target {name!r}; at least {FEWEST_ROWS} are "
            "needed to hold some out.",
            "Add rows.",
            code="too_few_rows",
        )
    if facts.type == "number" and not bool(values.is_finite().all()):
        raise RequestError(
            f"The target {name!r} holds infinite values.",
            "Remove those rows or cap them.",
            code="target_infinite",
        )


def refuse_task(facts: Facts, task: str) -> None:
    """Raise RequestError when the task that the user gave does not fit the values."""
    wrong = None
    if task == "regression" and not facts.numeric:
        wrong = f"holds {'true and false' if facts.type == 'boolean' else facts.type + ' values'}, not numbers"
    elif task == "binary" and facts.distinct != 2:
        wrong = f"has {facts.distinct:,} different values, not two"
    elif task == "multiclass" and facts.distinct == 2:
        wrong = "has two values"
    elif facts.temporal:
        wrong = "holds dates"
    if wrong is not None:
        raise RequestError(
            f"--task {task} does not fit: the target {facts.name!r} {wrong}.",
            "Leave --task out to have it inferred, or name another --target.",
            code="task_does_not_fit",
        )


def refuse_positive(facts: Facts, overrides: Overrides, task: str) -> None:
    """Raise RequestError when a positive class is given for a task that has none."""
    if overrides.positive is not None:
        raise RequestError(
            f"--positive {overrides.positive!r} needs a target of two values; {facts.name!r} is for {task}.",
            "Leave --positive out.",
            code="positive_does_not_fit",
        )


def refuse_classes(facts: Facts, balance: Sequence[int]) -> None:
    """Raise RequestError when most classes have a single row, or there are too many."""
    alone = sum(1 for n in balance if n < 2)
    if alone and (alone > len(balance) / 2 or len(balance) - alone < 2):
        what = "Each class" if alone == len(balance) else f"{alone} of {len(balance)} classes"
        raise RequestError(
            f"{what} of the target {facts.name!r} has one row only: too few to learn from and to check.",
            "Name another --target, join rare classes into one, or add rows.",
            code="one_row_per_class",
        )
    if len(balance) > MOST_CLASSES:
        raise too_many(facts)


def too_many(facts: Facts) -> RequestError:
    """Return the error for a target with more values than can be classes."""
    each = facts.present / facts.distinct
    hint = "Name another --target, or join rare classes into one."
    if facts.numeric:
        hint = "Use --task regression to predict the number."
    return RequestError(
        f"The target {facts.name!r} has {facts.distinct:,} different values in {facts.present:,} rows "
        f"({each:.3g} rows each); at most {MOST_CLASSES} can be classes.",
        hint,
        code="too_many_classes" if each >= 1.5 else "one_row_per_class",
    )
