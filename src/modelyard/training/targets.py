"""The target of a table, and whether its rows can give a model at all."""

import numpy as np
import polars as pl

from modelyard.config.model import ProjectConfig
from modelyard.errors import OutcomeError
from modelyard.training.labels import classes, labels, numbers

_LEAST_ROWS = 10


def target_of(frame: pl.DataFrame, config: ProjectConfig) -> pl.Series:
    """Return the target as labels, or as Float64 for a regression; missing is null.

    Raises:
        OutcomeError: It has no value at all.
    """
    series = frame.get_column(config.data.target)
    found = numbers(series) if config.task == "regression" else labels(series)
    if found.is_null().all():
        raise OutcomeError(
            f"The target {config.data.target!r} has no value in {frame.height} rows.",
            "Take rows whose outcome is known, or another target.",
            code="empty_target",
        )
    return found


def class_names(target: pl.Series, config: ProjectConfig) -> tuple[list[str], str | None]:
    """Return the classes in order and the positive one; none for a regression.

    Raises:
        OutcomeError: The target does not vary.
    """
    if config.task != "regression":
        return classes(target, config.data.positive, config.task)
    if target.n_unique() < 2:
        raise OutcomeError(
            f"The target {config.data.target!r} is always {target[0]}: there is nothing to learn.",
            "Take rows in which it differs, or another target.",
            code="constant_target",
        )
    return [], None


def require_enough(truth: np.ndarray, parts: pl.Series, names: list[str], config: ProjectConfig) -> None:
    """Refuse parts that cannot give, or cannot judge, a model.

    Raises:
        OutcomeError: Too few rows, nothing that repeats, or a class that training never sees.
    """
    train = truth[(parts == "train").to_numpy()]
    if len(train) < _LEAST_ROWS or not (parts == "test").any():
        held_out = int((parts == "test").sum())
        raise OutcomeError(
            f"Of {len(truth)} rows with a target, {len(train)} are for training and {held_out} are held out.",
            f"Take more rows (at least {_LEAST_ROWS} to train on), or change `split` in modelyard.yaml.",
            code="too_few_rows",
        )
    if len(names) > len(truth) / 2:
        raise OutcomeError(
            f"The target {config.data.target!r} has {len(names)} classes in {len(truth)} rows: nothing repeats.",
            "Choose another target, or `task: regression` if it is a quantity.",
            code="one_row_per_class",
        )
    if not names:
        return
    absent = [name for k, name in enumerate(names) if not (train == k).any()]
    if absent:
        count = int((truth == names.index(absent[0])).sum())
        raise OutcomeError(
            f"The class {absent[0]!r} of {config.data.target!r} is in {count} of {len(truth)} rows "
            "and in none of the training rows.",
            f"Give more rows of it, leave it out, or split otherwise (split.by is {config.split.by!r}).",
            code="class_not_in_training",
        )
