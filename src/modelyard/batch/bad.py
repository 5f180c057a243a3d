"""The rows of a batch that break a rule: found, described for the reject file, or refused."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from modelyard.batch.parts import REJECTS
from modelyard.batch.plan import Plan
from modelyard.errors import OutcomeError

_LONGEST = 200
_NAMED = 5
NO_SCORE = ("score", "the model has no number for this row")


def broken(plan: Plan, batch: pl.DataFrame) -> dict[int, pl.Series]:
    """Return, for each rule that rows of the batch break, which ones do."""
    flags = {i: batch.get_column(f"b{i}") for i in range(len(plan.rules))}
    return {i: flag for i, flag in flags.items() if flag.any()}


def mask(plan: Plan, found: dict[int, pl.Series], rows: int) -> np.ndarray:
    """Return which rows are refused: True where one breaks a rule that tolerates nothing."""
    refused = np.zeros(rows, dtype=bool)
    for i, flag in found.items():
        if not plan.rules[i].tolerated:
            refused |= flag.to_numpy()
    return refused


def described(plan: Plan, batch: pl.DataFrame, found: dict[int, pl.Series], start: int) -> pl.DataFrame:
    """Return a line for each rule that a row breaks, by row; `start` is the number of the batch's first row."""
    lines = [_lines(plan, batch, i, flag, start) for i, flag in found.items() if not plan.rules[i].tolerated]
    return pl.concat([REJECTS.to_frame(), *lines]).sort("row", maintain_order=True)


def without_score(rows: np.ndarray) -> pl.DataFrame:
    """Return the lines for rows that the model has no number for."""
    rule, message = NO_SCORE
    return _frame(pl.Series(rows), None, rule, message, None)


def refuse(lines: pl.DataFrame, source: str) -> None:
    """Raise the error that names the first violations.

    Raises:
        OutcomeError: Always.
    """
    shown = "\n".join(
        f"  row {r}: {_where(c)}{m} ({rule}){_value(v)}" for r, c, rule, m, v in lines.head(_NAMED).rows()
    )
    first = int(lines["row"][0])
    raise OutcomeError(
        f"Row {first} of {source} (counted from 0) breaks the contract; nothing was written:\n{shown}",
        "Correct the rows, or leave such rows out with --on-bad reject.",
        code="bad_rows",
    )


def _lines(plan: Plan, batch: pl.DataFrame, i: int, flag: pl.Series, start: int) -> pl.DataFrame:
    rule, shown = plan.rules[i], plan.shown[i]
    rows = flag.arg_true()
    values = None if shown is None else _texts(batch.get_column(shown).gather(rows))
    return _frame(rows.cast(pl.Int64) + start, rule.column, rule.rule, rule.message, values)


def _frame(
    rows: pl.Series, column: str | None, rule: str, message: str, values: Sequence[str | None] | None
) -> pl.DataFrame:
    n = len(rows)
    data = {
        "row": rows.cast(pl.Int64),
        "column": [column] * n,
        "rule": [rule] * n,
        "message": [message] * n,
        "value": [None] * n if values is None else values,
    }
    return pl.DataFrame(data, schema=REJECTS)


def _texts(values: pl.Series) -> list[str | None]:
    return [None if v is None else _cut(v if isinstance(v, str) else str(v)) for v in values.to_list()]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _where(column: str | None) -> str:
    return "" if column is None else f"{column!r} "


def _value(value: str | None) -> str:
    return "" if value is None else f": {value!r}"
