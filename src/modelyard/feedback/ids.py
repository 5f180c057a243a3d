"""Writes ids as text, one way for each: a column of whole numbers beside a gap comes out of pandas as 7.0."""

import polars as pl

from modelyard.data.types import convert

_EXACT = 2**53  # beyond it several whole numbers are one float, which then names nobody for sure


def texts(column: str, found: pl.DataType) -> pl.Expr:
    """Return the ids in `column`, of the type `found`, as text: numbers that are whole without a point."""
    text = convert(column, found, "string")
    return numbered(text, convert(column, found, "integer")) if found.is_numeric() else text  # the text 007 is no 7


def numbered(text: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Return the text, or the whole number that it stands for where there is one."""
    return pl.coalesce(pl.when(whole.is_between(-_EXACT, _EXACT)).then(whole).cast(pl.String), text)
