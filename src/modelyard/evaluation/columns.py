"""Columns that the configuration names, found in a table or refused with the nearest name."""

from collections.abc import Sequence
from difflib import get_close_matches

import polars as pl

from modelyard.data.types import plainly
from modelyard.errors import RequestError


def configured_column(frame: pl.DataFrame, name: str, key: str) -> pl.Series:
    """Return a column, plainly named.

    Raises:
        RequestError: When it is not there; names the key of the configuration and the nearest column.
    """
    require_column(frame.columns, name, key)
    return plainly(frame[name])


def require_column(columns: Sequence[str], name: str, key: str) -> None:
    """Refuse a name that is none of `columns`.

    Raises:
        RequestError: It is none; names the key of the configuration and the nearest column.
    """
    if name in columns:
        return
    near = get_close_matches(name, columns, n=1)
    raise RequestError(
        f"{key} names {name!r}, which is not a column of the table",
        f"Did you mean {near[0]!r}?" if near else "Name a column of the contract.",
        code="unknown_column",
    )
