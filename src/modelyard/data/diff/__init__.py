"""How two tables differ: rows, schema, and the distribution of each column."""

from modelyard.data.diff.diff import diff
from modelyard.data.diff.record import ColumnDiff, RowDiff, SchemaChange, TableDiff

__all__ = ["ColumnDiff", "RowDiff", "SchemaChange", "TableDiff", "diff"]
