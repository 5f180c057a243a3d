"""What a data contract can say: columns with types, and rules with severities."""

import datetime as dt
from typing import Any, Literal

from pydantic import field_validator, model_validator

from modelyard.data.types import LogicalType
from modelyard.record import Record

Severity = Literal["error", "warning"]
RuleKind = Literal[
    "minimum",
    "maximum",
    "allowed",
    "pattern",
    "min_length",
    "max_length",
    "missing_share",
    "unreadable_share",
    "freshness_hours",
    "row_count_min",
    "row_count_max",
    "unique_together",
    "sql",
]
Scalar = bool | int | float | str
TABLE_KINDS: tuple[RuleKind, ...] = ("row_count_min", "row_count_max", "unique_together", "sql")
COLUMN_KINDS: tuple[RuleKind, ...] = (
    "minimum",
    "maximum",
    "min_length",
    "max_length",
    "pattern",
    "allowed",
    "missing_share",
    "unreadable_share",
    "freshness_hours",
)
_ORDER = {kind: place for place, kind in enumerate((*COLUMN_KINDS, *TABLE_KINDS))}


class Rule(Record):
    """One thing that must hold, of a column or of the whole table.

    `value` is a number or an ISO date (minimum, maximum), a list (allowed, unique_together), a regular
    expression that must be found in the text (pattern), a count (lengths, row counts), a share from 0 to 1
    (missing_share), hours (freshness_hours: age of the newest value), or a SQL condition (sql). An
    `unreadable_share` is the share of values that may fail to be of the column's type; up to it they warn.
    """

    kind: RuleKind
    value: Scalar | tuple[Scalar, ...]
    severity: Severity = "error"
    name: str = ""

    @field_validator("value", mode="before")
    @classmethod
    def _dates_as_text(cls, value: Any) -> Any:  # noqa: ANN401 - anything may come from YAML
        """Write dates as ISO text: ODCS wants strings, YAML reads unquoted ones as dates."""
        if isinstance(value, list | tuple | set | frozenset):
            return tuple(_plain(item) for item in value)
        return _plain(value)

    @model_validator(mode="after")
    def _share_as_the_file_holds_it(self) -> "Rule":
        """Keep nine digits of a share: the file writes per cent, and must give back the same number."""
        if self.kind in {"missing_share", "unreadable_share"} and isinstance(self.value, float):
            object.__setattr__(self, "value", round(self.value, 9))
        return self

    @property
    def label(self) -> str:
        """What results call the rule: its own name, else its kind."""
        return self.name or self.kind


class Column(Record):
    """One column: its type, its presence, and its rules (kept in one order, so that files compare)."""

    name: str
    type: LogicalType
    format: str | None = None
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    personal: bool = False
    description: str = ""
    rules: tuple[Rule, ...] = ()

    @field_validator("rules")
    @classmethod
    def _in_order(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return _sorted(rules)


class Contract(Record):
    """A table's contract."""

    name: str
    version: str = "1.0.0"
    description: str = ""
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()

    @field_validator("rules")
    @classmethod
    def _in_order(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return _sorted(rules)

    @model_validator(mode="after")
    def _names_each_column_once(self) -> "Contract":
        names = [column.name for column in self.columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"columns are named twice: {', '.join(map(repr, twice))}")
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """Columns of the primary key, in order; empty when there is none."""
        return tuple(column.name for column in self.columns if column.primary_key)

    @property
    def personal(self) -> frozenset[str]:
        """Columns whose values are never shown."""
        return frozenset(column.name for column in self.columns if column.personal)

    def column(self, name: str) -> Column:
        """Return the column called `name` (KeyError when there is none)."""
        return {column.name: column for column in self.columns}[name]


def _plain(value: Any) -> Any:  # noqa: ANN401 - anything may come from YAML
    return value.isoformat() if isinstance(value, dt.date) else value


def _sorted(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: (rule.severity, rule.name, _ORDER[rule.kind])))
