"""Reads a table of true outcomes: whose they are, what came true, and when it became known."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from modelyard.config import ProjectConfig
from modelyard.data.contract import Column, Contract
from modelyard.data.contract.prepare import typed
from modelyard.data.load import Table
from modelyard.data.reason import reason
from modelyard.data.types import LogicalType, polars_type
from modelyard.errors import RequestError
from modelyard.feedback.ids import numbered
from modelyard.feedback.names import Names, choose
from modelyard.feedback.results import FeedbackRequest
from modelyard.training.labels import labels as as_labels

_SHOWN = 5
_LAST_ROW = 2**31 - 1
LARGEST = float(np.finfo(np.float32).max)
"""Of an outcome: answers are float32, and the squares of what is much larger are no numbers any more."""


@dataclass(frozen=True)
class Labels:
    """Outcomes that are known.

    Attributes:
        frame: Columns `request_id`, `row`, `entity`, `label_time`, `label` (text), `known`; later rows win.
        by: Whether `request_id` or `entity` says whose they are.
        missing: Rows without an outcome, which are left out.
        id: The column of the rows that may name the entity too; None where only what a client calls `id` does.
    """

    frame: pl.DataFrame
    by: Literal["request", "entity"]
    missing: int
    id: str | None = None


def read(table: Table, request: FeedbackRequest, config: ProjectConfig, contract: Contract) -> Labels:
    """Read the outcomes of `table`.

    Raises:
        RequestError: A column is absent, or a value is not of its column's type.
    """
    schema = _schema(table)
    names = choose(schema.names(), request, config)
    target = next((c for c in contract.columns if c.name == config.data.target), None)
    target = target or Column(name=config.data.target, type="number" if config.task == "regression" else "string")
    rows = _rows(table, schema, names, target, contract, _time_format(contract, names, config))
    for told, column in (("label", names.label), ("row", names.row), ("time", names.time), ("known", names.known)):
        _require_readable(rows, told, column, table.source, hidden=target.personal and told == "label")
    label = _texts(rows.get_column("label"), config)
    _require_rows(rows, names, table.source)
    frame = rows.select("request_id", pl.col("row").cast(pl.Int32), "entity", pl.col("time").alias("label_time"))
    frame = frame.with_columns(label, rows.get_column("known")).filter(pl.col("label").is_not_null())
    _require_keys(frame, names, table.source)
    own = names.key if names.by == "entity" and names.key == config.data.id else None
    return Labels(frame, names.by, rows.height - frame.height, own)


def _schema(table: Table) -> pl.Schema:
    try:
        return table.frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(table, error) from error


def _time_format(contract: Contract, names: Names, config: ProjectConfig) -> str | None:
    """Return how the contract writes moments: of the column that says when, or of the table's own time."""
    known = {column.name: column.format for column in contract.columns if column.type == "timestamp"}
    return known.get(names.time or "") or known.get(config.data.time or "")


def _rows(  # noqa: PLR0913 - what is known of the columns
    table: Table, schema: pl.Schema, names: Names, target: Column, contract: Contract, moments: str | None
) -> pl.DataFrame:
    """Return the columns by what they mean, and beside those that are converted what was written there."""
    wanted: list[tuple[str, str | None, LogicalType, str | None]] = [
        ("row", names.row, "integer", None),
        ("time", names.time, "timestamp", moments),
        ("known", names.known, "timestamp", moments),
        ("label", names.label, target.type, target.format),
    ]
    own, other = ("request_id", "entity") if names.by == "request" else ("entity", "request_id")
    columns = [_key(table, schema, names.key, contract).alias(own), pl.lit(None, pl.String).alias(other)]
    for name, source, kind, format_ in wanted:
        values = _column(table, schema, source, kind, format_)
        if kind == "timestamp" and format_ is not None:  # ISO 8601 is understood whatever the contract's format
            values = pl.coalesce(values, _column(table, schema, source, kind, None))
        columns.append(values.alias(name))
        columns.append(_column(table, schema, source, "string", None).alias(f"told {name}"))
    try:
        return table.frame.select(columns).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(table, error) from error


def _key(table: Table, schema: pl.Schema, source: str, contract: Contract) -> pl.Expr:
    text = _column(table, schema, source, "string", None)
    counts = any(column.name == source and column.type in {"integer", "number"} for column in contract.columns)
    if not counts and not schema[source].is_float():
        return text
    return numbered(text, _column(table, schema, source, "integer", None))


def _column(table: Table, schema: pl.Schema, source: str | None, kind: LogicalType, format_: str | None) -> pl.Expr:
    if source is None:
        return pl.lit(None, polars_type(kind))
    values = typed(Column(name=source, type=kind, format=format_), schema[source], table)
    values = values.cast(polars_type(kind), strict=False)
    if not schema[source].is_float():
        return values
    return values.replace("NaN", None) if kind == "string" else values.fill_nan(None) if kind == "number" else values


def _require_readable(rows: pl.DataFrame, name: str, column: str | None, source: str, *, hidden: bool) -> None:
    told = rows.get_column(f"told {name}")
    wrong = told.filter(told.is_not_null() & rows.get_column(name).is_null()).unique(maintain_order=True)
    if column is None or not len(wrong):
        return
    shown = "" if hidden else f": {', '.join(map(repr, wrong.head(_SHOWN).to_list()))}"
    raise RequestError(
        f"Column {column!r} of {source} has values that are no {name}{shown}.",
        "Rows of a request count from 0."
        if name == "row"
        else "Write them as the contract types this column; leave unknown outcomes empty.",
        code="bad_labels",
    )


def _require_rows(rows: pl.DataFrame, names: Names, source: str) -> None:
    row = rows.get_column("row")
    wrong = row.filter((row < 0) | (row > _LAST_ROW))
    if len(wrong):
        what = "negative values" if wrong[0] < 0 else f"values that no request has: {wrong[0]}"
        raise RequestError(f"Column {names.row!r} of {source} has {what}.", "Rows of a request count from 0.")


def _texts(values: pl.Series, config: ProjectConfig) -> pl.Series:
    """Return outcomes as text: the name of a class as training calls it, or a number."""
    if config.task != "regression":
        return as_labels(values).alias("label")
    numbers = values.cast(pl.Float64)
    beyond = numbers.filter(numbers.abs() > LARGEST).len()
    if beyond:
        raise RequestError(
            f"{beyond} outcomes are infinite, or beyond {LARGEST:.1e}, the largest number that a model can answer.",
            "Leave unknown outcomes empty.",
            code="bad_labels",
        )
    return numbers.cast(pl.String).alias("label")


def _require_keys(frame: pl.DataFrame, names: Names, source: str) -> None:
    wanted = ["request_id"] if names.by == "request" else ["entity", "label_time"]
    lacking = frame.filter(pl.any_horizontal(pl.col(wanted).is_null())).height
    if lacking:
        columns = [repr(names.key)] + [repr(names.time)] * (names.by == "entity")
        raise RequestError(
            f"{lacking} outcomes of {source} lack a value in {' or '.join(columns)}.",
            "Say whose each outcome is.",
            code="bad_labels",
        )


def _unreadable(table: Table, error: Exception) -> RequestError:
    return RequestError(
        f"{table.source} cannot be read: {reason(error)}.", "Check that the file is whole.", code="unreadable_data"
    )
