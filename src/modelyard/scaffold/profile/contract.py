"""Turns a profile into a contract: presence, type and keys are errors, what was only seen is a warning."""

import math
from collections.abc import Callable
from pathlib import PurePath

from modelyard.data.contract import Column, Contract, Rule
from modelyard.data.contract.model import RuleKind
from modelyard.data.types import TOLERATED
from modelyard.scaffold.profile.model import Bound, ColumnProfile, TableProfile

_SIGNIFICANT = 6


def to_contract(profile: TableProfile, name: str) -> Contract:
    """Return the contract of the profiled table, columns in the table's order."""
    return Contract(
        name=name,
        description=f"Inferred from {_file(profile.source)}; what was only seen in it is a warning.",
        columns=tuple(_column(column) for column in profile.columns),
        rules=(_warning("row_count_min", max(1, profile.rows // 10)),) if profile.rows >= 1_000 else (),
    )


def _file(source: str) -> str:
    """Name a local file without its folder, which says whose machine it was."""
    return source if ":" in source else PurePath(source).name


def _column(column: ColumnProfile) -> Column:
    key = column.role == "id" and column.unique
    return Column(
        name=column.name,
        type=column.type,
        format=column.format,
        required=column.missing == 0 and column.role not in ("target", "ignored"),
        unique=key,
        primary_key=key,
        personal=column.personal,
        description="personal data" if column.personal else "",
        rules=(*_strays(column), *_rules(column)),
    )


def _strays(column: ColumnProfile) -> list[Rule]:
    """Let rows read later hold as many strays as were accepted here."""
    return [Rule(kind="unreadable_share", value=TOLERATED)] if column.strays else []


def _rules(column: ColumnProfile) -> list[Rule]:
    if column.personal or column.role in ("id", "group", "ignored"):
        return []
    rules = []
    if column.type in ("integer", "number") and column.categories is None:
        rules += _bounds(column)
    if column.categories and column.type in ("string", "integer"):
        rules.append(_warning("allowed", _allowed(column)))
    return rules


def _bounds(column: ColumnProfile) -> list[Rule]:
    ends: tuple[tuple[RuleKind, Bound | None, Callable[[float], int]], ...] = (
        ("minimum", column.minimum, math.floor),
        ("maximum", column.maximum, math.ceil),
    )
    known = [(kind, end, to) for kind, end, to in ends if isinstance(end, int | float) and math.isfinite(end)]
    return [_warning(kind, _outward(end, to)) for kind, end, to in known]


def _outward(value: float, towards: Callable[[float], int]) -> float:
    """Round a float to six digits away from the data: 10.9399995803833 is an artefact of float32."""
    if isinstance(value, int) or value == 0:
        return value
    digits = _SIGNIFICANT - 1 - math.floor(math.log10(abs(value)))
    if abs(digits) > 300 or round(value, digits) == value:
        return value
    step = 1 if towards is math.ceil else -1
    rounded = towards(value * 10.0**digits)
    while (value - rounded / 10.0**digits) * step > 0:  # the product was rounded to a whole number on the wrong side
        rounded += step
    return rounded / 10.0**digits


def _allowed(column: ColumnProfile) -> tuple[Bound, ...]:
    values = column.categories or []
    return tuple(int(v) for v in values) if column.type == "integer" else tuple(values)


def _warning(kind: RuleKind, value: Bound | tuple[Bound, ...]) -> Rule:
    return Rule(kind=kind, value=value, severity="warning")
