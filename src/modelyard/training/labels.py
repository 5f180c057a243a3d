"""The target as labels, and labels as class codes."""

import numpy as np
import polars as pl

from modelyard.config.model import Label
from modelyard.data.types import plainly
from modelyard.errors import OutcomeError, RequestError

_SAID = {True: ("true", "yes", "on"), False: ("false", "no", "off")}  # what YAML takes for true and false


def labels(target: pl.Series) -> pl.Series:
    """Return the user's values as strings, as Python's `str` writes them; 1.0 is "1"; missing stays null."""
    target = plainly(target)
    if target.dtype == pl.Boolean:
        return target.replace_strict({True: "True", False: "False"}, return_dtype=pl.String)
    if target.dtype.is_float():
        found = target.fill_nan(None)
        whole = bool((found.drop_nulls() % 1 == 0).all())
        return (found.cast(pl.Int64) if whole else found).cast(pl.String)
    return target.cast(pl.String)


def numbers(target: pl.Series) -> pl.Series:
    """Return a regression's target as Float64; NaN and infinities are null.

    Raises:
        RequestError: Its values are not numbers.
    """
    if not (target.dtype.is_numeric() or target.dtype in (pl.Boolean, pl.Null)):
        raise RequestError(
            f"The target {target.name!r} has type {target.dtype}, but the task is regression.",
            "Set `task: multiclass` in modelyard.yaml, or choose a target with numbers.",
            code="bad_target",
        )
    values = plainly(target.cast(pl.Float64)).to_frame()
    return values.select(pl.when(pl.col("value").is_finite()).then("value")).to_series()


def classes(found: pl.Series, positive: Label | None, task: str) -> tuple[list[str], str | None]:
    """Return the classes in order (binary: negative, positive) and the positive one.

    Args:
        found: Labels, nulls allowed.
        positive: What the configuration calls positive; None takes the last.
        task: "binary" or "multiclass".

    Raises:
        OutcomeError: Fewer than two classes.
        RequestError: More than two for a binary task, or `positive` is none of them.
    """
    names = _ordered(found.drop_nulls().unique().to_list())
    if len(names) < 2:
        only = f"only the value {names[0]!r}" if names else "no value"
        raise OutcomeError(
            f"The target {found.name!r} has {only}: there is nothing to learn.",
            "Take rows of at least two classes, or another target.",
            code="constant_target",
        )
    if task != "binary":
        return names, None
    if len(names) > 2:
        shown = ", ".join(names[:5])
        raise RequestError(
            f"The task is binary, but the target {found.name!r} has {len(names)} values: {shown}.",
            "Set `task: multiclass` in modelyard.yaml.",
            code="not_binary",
        )
    chosen = names[1] if positive is None else _find(positive, names)
    return [name for name in names if name != chosen] + [chosen], chosen


def codes(found: pl.Series, names: list[str]) -> np.ndarray:
    """Return the position of each label in `names` (int64); there may be no nulls.

    Raises:
        OutcomeError: A label is none of `names`.
    """
    known = found.replace_strict(names, list(range(len(names))), default=None, return_dtype=pl.Int64)
    if known.null_count():
        strange = found.filter(known.is_null()).unique().sort().head(5).to_list()
        raise OutcomeError(
            f"The target {found.name!r} has classes that the model does not know: {', '.join(map(str, strange))}.",
            "Train again on rows that hold them.",
            code="unknown_class",
        )
    return known.to_numpy()


def _ordered(names: list[str]) -> list[str]:
    try:
        return sorted(names, key=float)
    except ValueError:
        return sorted(names)


def _find(positive: Label, names: list[str]) -> str:
    said = _SAID[positive] if isinstance(positive, bool) else (str(positive).lower(),)
    for name in names:
        if str(positive) == name or name.strip().lower() in said or _same_number(positive, name):
            return name
    raise RequestError(
        f"data.positive is {positive!r}, but the target's values are {', '.join(names)}.",
        "Name one of them.",
        code="bad_positive",
    )


def _same_number(positive: Label, name: str) -> bool:
    try:
        return float(positive) == float(name)
    except ValueError:
        return False
