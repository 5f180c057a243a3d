"""Reads values of a logical type from text; what does not parse becomes null."""

import polars as pl

from modelyard.data.types.epochs import epoch
from modelyard.data.types.kinds import LogicalType, exactly, plainly
from modelyard.data.types.moments import iso_moments, moments
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
        format: For dates and timestamps a chrono format (`%d/%m/%Y`; without one ISO 8601), for timestamps also a
            unit since 1970 (`epoch_ms`), for numbers a pattern such as `#,##0.0`, `¤#,##0` or `0,0%` (without one
            plain digits).
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
        return _timestamp(text, format, decimal)
    if kind == "integer":
        return _integer(text, format, decimal)
    return _number(text, format, decimal)


def _timestamp(text: pl.Expr, format: str | None, decimal: str) -> pl.Expr:  # noqa: A002
    if format is None:
        return iso_moments(text)
    unit = epoch(format)
    return moments(text, format) if unit is None else unit.moments(_integer(text, None, decimal))


def _number(text: pl.Expr, format: str | None, decimal: str) -> pl.Expr:  # noqa: A002
    return number_text(text, format, decimal).cast(pl.Float64, strict=False).fill_nan(None)


def _integer(text: pl.Expr, format: str | None, decimal: str) -> pl.Expr:  # noqa: A002
    """Read whole numbers; only where plain digits are not all there is does it take a second look."""

    def look_again(values: pl.Series) -> pl.Series:
        values = plainly(values)
        plain = values.cast(pl.Int64, strict=False)
        failed = (plain.is_null() & values.is_not_null()).arg_true()
        if failed.is_empty():
            return plain
        number = _number(pl.col("value"), format, decimal)
        whole = pl.when(number == number.round(0)).then(number).cast(pl.Int64, strict=False)
        return plain.scatter(failed, values.gather(failed).to_frame().select(whole).to_series())

    return text.map_batches(look_again, return_dtype=pl.Int64(), is_elementwise=True)


def _boolean(text: pl.Expr) -> pl.Expr:
    lower = text.str.to_lowercase()
    yes, no = lower.is_in(["true", "1", "t", "yes", "y"]), lower.is_in(["false", "0", "f", "no", "n"])
    return pl.when(yes).then(True).when(no).then(False)
