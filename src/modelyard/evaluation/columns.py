"""Columns that the configuration names, found in a table or refused with the nearest name."""

from difflib import get_close_matches

import polars as pl

from modelyard.errors import RequestError


def configured_column(frame: pl.DataFrame, name: str, key: str) -> pl.Series:
    """Return a column.

    Raises:
        RequestError: When it is not there; names the key of the configuration and the nearest column.
    """
    if name in frame.columns:
        return frame[name]
    near = get_close_matches(name, frame.columns, n=1)
    raise RequestError(
        f"{key} names {name!r}, which is not a column of the table",
        f"Did you mean {near[0]!r}?" if near else "Name a column of the contract.",
        code="unknown_column",
    )
