"""The conditions under which a single value breaks a rule."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from modelyard.data.contract.model import Rule
from modelyard.data.contract.prepare import Field
from modelyard.data.contract.rules import moment
from modelyard.data.types import polars_type


@dataclass(frozen=True)
class Broken:
    """Which values break a rule; null never does.

    Attributes:
        condition: True where one does.
        words: What such values do, as the end of a sentence that begins "3 of 10 values".
        catches_nan: The condition is true for NaN too, which must be taken out again.
    """

    condition: pl.Expr
    words: str
    catches_nan: bool = False


def breaks(rule: Rule, field: Field) -> Broken:
    """Return the values of `field` that break `rule`; limits of personal columns are not put into words."""
    value, typed = rule.value, field.typed
    shown = "" if field.column.personal else f" {_number(value)}"
    if rule.kind == "minimum":
        return Broken(typed < _limit(rule, field), f"are below the minimum{shown}")
    if rule.kind == "maximum":
        # polars orders NaN above every number
        return Broken(typed > _limit(rule, field), f"are above the maximum{shown}", catches_nan=True)
    if rule.kind == "allowed":
        return _not_allowed(rule, field)
    if rule.kind == "pattern":
        return Broken(~typed.str.contains(str(value)), f"do not match the pattern {value}")
    length = typed.str.len_chars()
    if rule.kind == "min_length":
        return Broken(length < int(str(value)), f"are shorter than {value} characters")
    return Broken(length > int(str(value)), f"are longer than {value} characters")


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _limit(rule: Rule, field: Field) -> Any:  # noqa: ANN401 - a literal of the column's type
    if field.column.type not in {"date", "timestamp"}:
        return rule.value
    when = moment(rule.value)
    assert when is not None  # noqa: S101 - checked when the contract was loaded
    if field.column.type == "date":
        return pl.lit(when.date())
    if rule.kind == "maximum" and len(str(rule.value)) == len("2026-01-31"):
        when += dt.timedelta(days=1, microseconds=-1)  # a day named as the last one counts whole
    return pl.lit(when, dtype=pl.Datetime("us"))


def _not_allowed(rule: Rule, field: Field) -> Broken:
    values = list(rule.value) if isinstance(rule.value, tuple) else [rule.value]
    kind = polars_type(field.column.type)
    words = f"are none of the {len(values)} allowed values"
    typed = field.typed
    if field.found == pl.Float32 and not field.converts:
        kind = pl.Float32()  # 0.1 as the file holds it, not as a double would
    elif field.found.is_integer() and not field.converts:
        typed = typed.cast(kind)  # polars compares lists with columns of their own type only
    return Broken(~typed.is_in(pl.Series(values, dtype=kind).implode()), words, catches_nan=True)
