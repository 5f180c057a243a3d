"""What a comparison of two tables says; holds no value of a hidden column."""

from typing import Literal

from modelyard.record import Record


class RowDiff(Record):
    """Rows of A and B matched by id, or by all that they hold.

    `changed` counts ids that are in both with different content (0 when matched by content).
    """

    by: Literal["id", "content"]
    before: int
    after: int
    added: int
    removed: int
    changed: int
    same: int


class SchemaChange(Record):
    """A column that came, went or changed its type."""

    column: str
    change: Literal["added", "removed", "type"]
    before: str | None = None
    after: str | None = None


class ColumnDiff(Record):
    """How the distribution of a column changed.

    Attributes:
        column: Its name.
        type: Its logical type in B.
        measure: Kolmogorov-Smirnov distance for what has an order, total variation for the rest.
        distance: In [0, 1]; None when hidden or when one side has no values.
        missing_before: Share of rows without a value.
        missing_after: Share of rows without a value.
        before: Median (numbers, times) or the most frequent value.
        after: The same of B.
        new_values: How many values (strings, booleans) occur in B only.
        gone_values: How many occur in A only.
    """

    column: str
    type: str
    hidden: bool = False
    measure: Literal["ks", "total_variation"] | None = None
    distance: float | None = None
    missing_before: float
    missing_after: float
    before: str | float | None = None
    after: str | float | None = None
    new_values: int | None = None
    gone_values: int | None = None


class TableDiff(Record):
    """Everything that differs; `columns` are those of both tables: most changed first, hidden last."""

    rows: RowDiff
    schema_changes: list[SchemaChange]
    columns: list[ColumnDiff]
    hidden: int

    @property
    def identical(self) -> bool:
        """Whether nothing differs."""
        return not (self.rows.added or self.rows.removed or self.rows.changed or self.schema_changes)
