"""Bounds of a column that counts time since 1970, which may be written in the column's own numbers."""

from modelyard.data.contract.model import Rule
from modelyard.data.types import epoch

_BOUNDS = ("minimum", "maximum")


def in_moments(rule: Rule, format: str | None) -> Rule:  # noqa: A002 - the contract's own word
    """Return a bound as the ISO moment that its number is in the unit of `format`; any other rule as it is.

    So `minimum: 1577836800000` stays right where somebody turns a column of integers into timestamps (`epoch_ms`).
    """
    unit, value = epoch(format), rule.value
    if unit is None or rule.kind not in _BOUNDS or not isinstance(value, int) or isinstance(value, bool):
        return rule
    moment = unit.moment(value)
    return rule if moment is None else rule.model_copy(update={"value": moment.isoformat()})
