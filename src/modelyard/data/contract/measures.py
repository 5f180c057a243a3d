"""What a compiled rule is: aggregates for the one pass over the rows, and what follows from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from modelyard.data.contract.model import Severity

Measured = Mapping[str, Any]
"""The aggregates by name: counts, and for freshness the newest value."""


@dataclass
class Measures:
    """The aggregates of the pass; each is asked for once, however many rules need it."""

    expressions: dict[str, pl.Expr] = field(default_factory=lambda: {"rows": pl.len()})

    def add(self, name: str, expression: pl.Expr) -> str:
        """Add an aggregate under a name of its own, and return that name."""
        self.expressions.setdefault(name, expression)
        return name

    def count(self, condition: pl.Expr) -> str:
        """Add the number of rows where `condition` holds, and return its name."""
        return self.add(f"m{len(self.expressions)}", condition.sum())


@dataclass(frozen=True)
class Check:
    """One rule, compiled.

    Attributes:
        rule: The name that results show.
        column: Its column; None for the table's rules.
        severity: What a violation means.
        count: How many rows (or values) break it, from the measures; 0 when it holds.
        message: Says so, given that count.
        bad: The rows to show; None when rows show nothing.
        key: Columns among which rows repeat, for rules on uniqueness.
        shown: Columns that a sample leads with.
        tolerated: Share of the rows up to which a violation only warns.
    """

    rule: str
    column: str | None
    severity: Severity
    count: Callable[[Measured], int]
    message: Callable[[int, int], str]
    bad: pl.Expr | None = None
    key: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    tolerated: float = 0.0
