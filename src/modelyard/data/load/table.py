"""What opening a table returns, and the one way to say that it cannot be read."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from modelyard.data.reason import reason
from modelyard.errors import RequestError

Format = Literal["csv", "parquet", "jsonl", "arrow"]


@dataclass(frozen=True)
class Table:
    """Rows that are not read yet.

    Attributes:
        frame: Columns keep the user's names, in the file's order.
        text: Every column is String as read; the types come from the contract or from `types.infer`.
        source: Shown to people; credentials are removed.
        format: csv, parquet, jsonl or arrow.
        decimal: The decimal mark of numbers in text.
        files: Where the rows lie on this machine; none for `demo:` and `sklearn:`.
    """

    frame: pl.LazyFrame
    text: bool
    source: str
    format: Format
    decimal: str = "."
    files: tuple[Path, ...] = ()


def unreadable(source: str, what: str, error: Exception) -> RequestError:
    """Build the error for a foreign failure: its first line, without polars' advice."""
    double = re.search(r"column with name '(.*)' has more than one occurrence", str(error))
    if double is not None:
        return duplicate(source, double[1])
    return RequestError(
        f"{source} cannot be read as {what}: {reason(error)}.",
        "Check that the file is whole.",
        code="unreadable_data",
    )


def duplicate(source: str, name: str) -> RequestError:
    """Build the error for two columns of one name."""
    told = f"{source} has two columns named {name!r}."
    return RequestError(told, "Give each column its own name.", code="duplicate_column")


def no_rows(source: str) -> RequestError:
    """Build the error for a table without rows."""
    return RequestError(f"{source} has columns but no rows.", "Give a table with rows.", code="no_rows")


def quoted(names: list[str]) -> str:
    """List column names for a message, the first five of them."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(repr(name) for name in names[:5]) + more
