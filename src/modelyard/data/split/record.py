"""The split that is recorded with a snapshot: enough to put any row, old or new, on its side."""

from typing import Literal, get_args

import polars as pl

from modelyard.data.types import plainly
from modelyard.errors import RequestError
from modelyard.record import Record

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)


class Split(Record):
    """How rows are divided.

    Attributes:
        by: The kind of splitter.
        column: The time or group column, the id for a hash of it, None for a hash of the whole row.
        validation: The share of rows asked for.
        test: The share of rows asked for.
        validation_from: First day (ISO) of the validation part of a time split.
        test_from: First day (ISO) of the test part of a time split.
        salt: Of the hash; chosen when the split was first planned.
        columns: What a hash of the whole row is made of, so that a column that comes later moves no row.
    """

    by: Literal["time", "group", "hash"]
    column: str | None
    validation: float
    test: float
    validation_from: str | None = None
    test_from: str | None = None
    salt: str = ""
    columns: tuple[str, ...] = ()


def required(frame: pl.DataFrame, column: str, what: str) -> pl.Series:
    """Return the column under a name that is safe to work with.

    Raises:
        RequestError: It is absent.
    """
    if column not in frame.columns:
        raise RequestError(
            f"The table has no column {column!r}, which `data.{what}` names.",
            f"Correct `data.{what}` in modelyard.yaml.",
            code="no_column",
        )
    return plainly(frame.get_column(column))
