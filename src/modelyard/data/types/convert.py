"""Converts what a file holds to a logical type; a value that has no counterpart becomes null."""

import polars as pl

from modelyard.data.types.epochs import epoch
from modelyard.data.types.kinds import LogicalType, exactly, polars_type
from modelyard.data.types.parse import parse_text


def convert(
    column: str,
    found: pl.DataType,
    kind: LogicalType,
    *,
    format: str | None = None,  # noqa: A002
    decimal: str = ".",
) -> pl.Expr:
    """Convert `column`, read as `found`, to `kind`, under the same name.

    Text is parsed (see `parse`), except that a String column that is to be a string stays as it is: only in
    a text file does `NA` mean missing. Numbers are no timestamps unless `format` names their unit since 1970.
    """
    unit = epoch(format) if kind == "timestamp" and found.is_numeric() else None
    if unit is not None:
        return unit.moments(_whole(exactly(column), found)).alias(column)
    values, found = _plain(exactly(column), found)
    if found != pl.String:
        return _converted(values, found, kind).alias(column)
    if kind == "string":
        return values.alias(column)
    return parse_text(values.str.strip_chars(), kind, format=format, decimal=decimal).alias(column)


def _converted(values: pl.Expr, found: pl.DataType, kind: LogicalType) -> pl.Expr:
    if kind == "integer":
        return _whole(values, found)
    if kind == "boolean" and found.is_numeric():
        return pl.when(values.is_in([0, 1])).then(values != 0)
    if not _reaches(found, kind):
        return pl.when(False).then(values).cast(polars_type(kind), strict=False)
    return values.cast(polars_type(kind), strict=False)


def _plain(values: pl.Expr, found: pl.DataType) -> tuple[pl.Expr, pl.DataType]:
    """Reduce the less common polars types to one of text, number, boolean, date or naive timestamp."""
    if isinstance(found, pl.Categorical | pl.Enum | pl.Time):
        return values.cast(pl.String), pl.String()
    if isinstance(found, pl.Duration):
        return values.dt.total_microseconds() / 1_000_000, pl.Float64()
    if isinstance(found, pl.Datetime) and found.time_zone is not None:
        return values.dt.convert_time_zone("UTC").dt.replace_time_zone(None), pl.Datetime(found.time_unit)
    if isinstance(found, pl.Binary):
        return values.bin.encode("base64"), pl.String()
    if found.is_nested():
        packed = pl.struct(values.alias("value")).struct.json_encode().str.replace(r"^\{\"value\":(?s:(.*))\}$", "${1}")
        return pl.when(values.is_not_null()).then(packed), pl.String()
    return values, found


def _whole(values: pl.Expr, found: pl.DataType) -> pl.Expr:
    if found.is_float() or found.is_decimal():
        number = values.cast(pl.Float64)
        return pl.when(number == number.round(0)).then(number).cast(pl.Int64, strict=False)
    if found.is_integer() or found in {pl.Boolean, pl.Null}:
        return values.cast(pl.Int64, strict=False)
    return pl.when(False).then(0).cast(pl.Int64)


def _reaches(found: pl.DataType, kind: LogicalType) -> bool:
    """Say whether a cast keeps the meaning: a number is no date, and a date no number."""
    if kind == "string" or found == pl.Null:
        return True
    if kind in {"date", "timestamp"}:
        return isinstance(found, pl.Date | pl.Datetime)
    return found.is_numeric() or found == pl.Boolean
