"""Chooses the cutoffs or the salt of a split; a later plan only ever moves rows from test to train."""

import polars as pl

from modelyard.config import model as config_model
from modelyard.data.split.balance import best_salt
from modelyard.data.split.moments import days, from_text, written
from modelyard.data.split.parts import hash_entities
from modelyard.data.split.record import Split
from modelyard.data.types import plainly
from modelyard.errors import RequestError

MINIMUM_DAYS = 3
"""Days that a time split needs: one for each part."""


def plan(
    frame: pl.DataFrame,
    config: config_model.Split,
    data: config_model.Data,
    previous: Split | None = None,
) -> Split:
    """Plan the split of `frame`.

    Args:
        frame: All rows that may be trained on.
        config: Kind and shares.
        data: Which columns are id, time, group and target.
        previous: The split of the last snapshot. Where it is of the same kind and column, its test cutoff
            never moves back, its hash sides stay, and its test share only shrinks.

    Raises:
        RequestError: The rows cannot be divided so (too few days, groups or distinct rows).
    """
    column = {"time": data.time, "group": data.group, "hash": data.id}[config.by]
    fresh = Split(by=config.by, column=column, validation=config.validation, test=config.test)
    if previous is not None and (previous.by, previous.column) != (fresh.by, fresh.column):
        previous = None
    if config.by == "time":
        return _by_time(frame, fresh, previous)
    return _by_hash(frame, fresh, data.target, previous)


def _by_hash(frame: pl.DataFrame, fresh: Split, target: str, previous: Split | None) -> Split:
    if previous is not None:
        kept = {"salt": previous.salt, "columns": previous.columns, "test": min(fresh.test, previous.test)}
        return fresh.model_copy(update=kept)
    # with the target in the hash, equal rows of unequal outcome part: training would see the other outcome only
    known = tuple(name for name in frame.columns if name != target)
    fresh = fresh.model_copy(update={"columns": known})
    entities = hash_entities(fresh, frame)
    salt = best_salt(entities, plainly(frame.get_column(target)) if target in frame.columns else None, fresh)
    if salt is None:
        raise _too_few(fresh, len(set(entities.tolist())))
    return fresh.model_copy(update={"salt": salt})


def _too_few(split: Split, found: int) -> RequestError:
    what = {"group": f"distinct values of the group {split.column!r}", "hash": "distinct rows"}[split.by]
    if split.by == "hash" and split.column is not None:
        what = f"distinct values of the id {split.column!r}"
    hint = "Set split.by to hash, or collect more groups." if split.by == "group" else "Give more rows."
    return RequestError(
        f"The table has {found} {what}: too few for a train, a validation and a test part.",
        hint,
        code="too_few_rows",
    )


def _by_time(frame: pl.DataFrame, fresh: Split, previous: Split | None) -> Split:
    day = days(frame, fresh.column or "").drop_nulls()
    counts = day.value_counts(name="n").sort("value")
    _check_days(counts, fresh)
    first = counts["value"].to_list()
    after = (pl.Series(counts["n"].reverse().cum_sum().reverse()) / day.len()).to_list()
    last = len(first) - 1
    test_at = _nearest(after, fresh.test, 2, last)
    if previous is not None and previous.test_from is not None:
        recorded = _index(first, from_text(previous.test_from, day.dtype), previous.test_from)
        test_at = max(test_at, recorded)
    validation_at = _nearest(after, after[test_at] + fresh.validation, 1, test_at - 1)
    return fresh.model_copy(
        update={"test_from": written(first[test_at]), "validation_from": written(first[validation_at])}
    )


def _check_days(counts: pl.DataFrame, split: Split) -> None:
    if counts.height < MINIMUM_DAYS:
        raise RequestError(
            f"The time column {split.column!r} has {counts.height} distinct days, but a time split needs "
            f"{MINIMUM_DAYS}: one for each part.",
            "Set split.by to hash, or give rows of more days.",
            code="too_few_days",
        )


def _nearest(after: list[float], share: float, low: int, high: int) -> int:
    """Return the day from which on the share of rows is nearest to `share`."""
    return min(range(low, high + 1), key=lambda i: abs(after[i] - share))


def _index(first: list, cutoff: object, text: str) -> int:
    at = next((i for i, day in enumerate(first) if day >= cutoff), None)
    if at is None or at < MINIMUM_DAYS - 1:
        found = f"{written(first[0])} to {written(first[-1])}"
        raise RequestError(
            f"The rows are of {found}, but the test part was recorded as starting on {text}; "
            "moving that back would test on rows that an earlier model was trained on.",
            "Train on rows that reach over that day, with at least two days before it.",
            code="before_cutoff",
        )
    return at
