"""Lays a table beside its contract: which columns are there, as what, and each with the contract's type."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from modelyard.data.contract.model import Column, Contract
from modelyard.data.load import Table
from modelyard.data.types import WIDE, convert, epoch, exactly, logical_type, parse
from modelyard.data.types.parse import is_missing
from modelyard.errors import OutsideError, RequestError

_SAME: dict[str, tuple[type[pl.DataType], ...]] = {
    "string": (pl.String,),
    "integer": (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32),
    "number": (pl.Float32, pl.Float64, pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32),
    "boolean": (pl.Boolean,),
    "date": (pl.Date,),
    "timestamp": (),
}
_WIDENED = {
    ("integer", "number"),
    ("number", "integer"),
    ("boolean", "integer"),
    ("boolean", "number"),
    ("date", "timestamp"),
    ("timestamp", "date"),
    ("date", "string"),
    ("timestamp", "string"),
}
"""(contract, found): each value is judged by itself; any other pair is another column under the same name."""


@dataclass(frozen=True)
class Field:
    """A column of the contract that the table has.

    Attributes:
        column: What the contract says of it.
        found: The polars type as read.
        text: It came from a text file, where some words mean missing.
        raw: Its values as read, in the prepared frame.
        typed: Its values with the contract's type; NaN is still NaN where `has_nan`.
    """

    column: Column
    found: pl.DataType
    text: bool
    raw: pl.Expr
    typed: pl.Expr

    @property
    def converts(self) -> bool:
        """Whether values can fail to be of the contract's type."""
        return not _same(self.column, self.found) and not (self.text and self.column.type == "string")

    @property
    def has_nan(self) -> bool:
        """Whether `typed` may hold NaN, which counts as missing."""
        return self.found.is_float() and not self.converts

    @property
    def counts(self) -> bool:
        """Whether its numbers count time since 1970, as the contract's format says."""
        return self.column.type == "timestamp" and self.found.is_numeric() and epoch(self.column.format) is not None

    @property
    def changed(self) -> bool:
        """Whether the column as a whole is of another type than the contract says."""
        kind, found = self.column.type, logical_type(self.found)
        kept = kind == found or (kind, found) in _WIDENED or self.counts or (kind == "string" and self.found in WIDE)
        return not self.text and not kept and self.found != pl.Null

    @property
    def missing(self) -> pl.Expr:
        """Whether a value is missing as it was read, whether or not it could be converted."""
        if self.text and self.converts:
            # only what did not convert is compared with the words for missing: a tenth of the time
            empty = self.typed.is_null()
            return empty & is_missing(pl.when(empty).then(self.raw).str.strip_chars())
        if self.found.is_float():
            return self.raw.is_null() | self.raw.is_nan()
        return self.typed.is_null() if self.text else self.raw.is_null()


@dataclass(frozen=True)
class Prepared:
    """The contract's columns of a table, typed; `frame` also holds the raw values where they differ."""

    frame: pl.LazyFrame
    fields: dict[str, Field]
    absent: tuple[Column, ...]
    unknown: tuple[str, ...]
    in_memory: bool


def prepare(contract: Contract, table: Table) -> Prepared:
    """Type the table's columns by the contract; nothing is read but the header.

    Raises:
        RequestError: The table's header cannot be read.
    """
    try:
        found = table.frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(table, contract, error) from error
    fields = {c.name: _field(c, found[c.name], table) for c in contract.columns if c.name in found}
    known = {column.name for column in contract.columns}
    return Prepared(
        frame=table.frame.select(_selected(fields.values(), table)) if fields else table.frame,
        fields=fields,
        absent=tuple(c for c in contract.columns if c.name not in found),
        unknown=tuple(name for name in found if name not in known),
        in_memory=table.frame.explain(optimized=False).startswith("DF ["),
    )


def typed(column: Column, found: pl.DataType, table: Table) -> pl.Expr:
    """Return the column of `table`, read as `found`, with the contract's type and under its own name."""
    if _same(column, found) and not (table.text and column.type == "string"):
        return ref(column.name)
    if found == pl.String and table.text:
        return parse(column.name, column.type, format=column.format, decimal=table.decimal)
    if column.type == "date" and isinstance(found, pl.Datetime):
        day = convert(column.name, found, "timestamp").dt.truncate("1d")
        return pl.when(day == convert(column.name, found, "timestamp")).then(day).cast(pl.Date)
    return convert(column.name, found, column.type, format=column.format, decimal=table.decimal)


def ref(name: str) -> pl.Expr:
    """Refer to the column of this very name; the common case is planned faster than a selector."""
    return exactly(name) if name == "*" or (name.startswith("^") and name.endswith("$")) else pl.col(name)


def unreadable(table: Table, contract: Contract, error: Exception) -> RequestError | OutsideError:
    """Build the error for a failed read. Its reason may quote values, so personal data keeps it out."""
    if isinstance(error, OSError):
        return OutsideError(f"{table.source} cannot be read: {error.strerror or error}", code="unreadable_data")
    reason = type(error).__name__ if contract.personal else str(error).strip().split("\n", 1)[0][:300]
    return RequestError(
        f"{table.source} cannot be read: {reason}", "Check that the file is whole.", code="unreadable_data"
    )


def _same(column: Column, found: pl.DataType) -> bool:
    if column.type == "timestamp":
        return isinstance(found, pl.Datetime) and found.time_zone is None
    return found in _SAME[column.type]


def _field(column: Column, found: pl.DataType, table: Table) -> Field:
    text = table.text and found == pl.String
    name = column.name
    field = Field(column, found, text, raw=ref(name), typed=ref(name))
    # converted values stand under the column's own name, so that SQL rules find them
    return Field(column, found, text, raw=ref(_raw(name)), typed=ref(name)) if field.converts or text else field


def _selected(fields: Iterable[Field], table: Table) -> list[pl.Expr]:
    chosen = []
    for field in fields:
        name = field.column.name
        chosen.append(typed(field.column, field.found, table).alias(name))
        if field.raw.meta.output_name() != name:
            chosen.append(ref(name).alias(_raw(name)))
    return chosen


def _raw(name: str) -> str:
    return f"\x00{name}"
