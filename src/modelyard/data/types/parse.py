"""Reads values of a logical type from text; what does not parse becomes null."""

import polars as pl

from modelyard.data.types.kinds import LogicalType, exactly
from modelyard.data.types.numbers import number_text

NULL_TOKENS: frozenset[str] = frozenset(
    {"", "?", ".", "--", "NA", "N/A", "n/a", "na", "#N/A", "#N/A N/A", "#NA", "<NA>", "NULL", "Null", "null"}
    | {
        "None",
        "none",
        "NONE",
        "NaN",
        "Nan",
        "nan",
        "NAN",
        "-NaN",
        "-nan",
        "NaT",
        "#NULL!",
        "#DIV/0!",
        "(null)",
    }
)
"""What text files write for a missing value. Compared after surrounding blanks are removed."""

_ISO_TIMES = (
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)
_ISO_ZONED_TIMES = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z")


def missing(column: str) -> pl.Expr:
    """Return whether the text of `column` stands for a missing value (never null itself)."""
    return is_missing(exactly(column).str.strip_chars())


def is_missing(text: pl.Expr) -> pl.Expr:
    """Return the same for an expression of stripped text."""
    return text.is_null() | text.is_in(sorted(NULL_TOKENS))


def parse(column: str, kind: LogicalType, *, format: str | None = None, decimal: str = ".") -> pl.Expr:  # noqa: A002
    """Read `column` (String) as `kind`, under the same name.

    Args:
        column: The column's name, taken literally.
        kind: What to read.
        format: For dates and timestamps a chrono format (`%d/%m/%Y`; without one ISO 8601), for numbers a
            pattern such as `#,##0.0`, `¤#,##0` or `0,0%` (without one plain digits).
        decimal: The decimal mark of numbers whose format names none.
    """
    text = exactly(column).str.strip_chars()
    return parse_text(text, kind, format=format, decimal=decimal).alias(column)


def parse_text(
    text: pl.Expr,
    kind: LogicalType,
    *,
    format: str | None = None,  # noqa: A002
    decimal: str = ".",
) -> pl.Expr:
    """Do the same for an expression of stripped text."""
    if kind == "string":
        return pl.when(~is_missing(text)).then(text)
    if kind == "boolean":
        return _boolean(text)
    if kind == "date":
        return text.str.to_date(format or "%Y-%m-%d", strict=False)
    if kind == "timestamp":
        return _timestamp(text, format)
    number = number_text(text, format, decimal).cast(pl.Float64, strict=False).fill_nan(None)
    return number if kind == "number" else _integer(text, number)


def _integer(text: pl.Expr, number: pl.Expr) -> pl.Expr:
    whole = pl.when(number == number.round(0)).then(number).cast(pl.Int64, strict=False)
    return pl.coalesce(text.cast(pl.Int64, strict=False), whole)


def _boolean(text: pl.Expr) -> pl.Expr:
    lower = text.str.to_lowercase()
    yes, no = lower.is_in(["true", "1", "t", "yes", "y"]), lower.is_in(["false", "0", "f", "no", "n"])
    return pl.when(yes).then(True).when(no).then(False)


def _timestamp(text: pl.Expr, pattern: str | None) -> pl.Expr:
    if pattern is not None:
        return _moment(text, pattern)
    spaced = text.str.replace(r"^(\d{4}-\d{1,2}-\d{1,2})[Tt]", "${1} ")
    return pl.coalesce(_moment(spaced, each) for each in (*_ISO_TIMES, *_ISO_ZONED_TIMES))


def _moment(text: pl.Expr, pattern: str) -> pl.Expr:
    """Read microseconds; a moment with an offset is moved to UTC, and its zone dropped."""
    if "%z" in pattern or "%#z" in pattern or "%:z" in pattern:
        zoned = text.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False)
        return zoned.dt.replace_time_zone(None)
    return text.str.to_datetime(pattern, time_unit="us", strict=False)
