"""Opens CSV and TSV: every column a String, after encoding, dialect and shape were found and checked."""

from pathlib import Path

import polars as pl

from modelyard.data.load.decode import decoded
from modelyard.data.load.dialect import Dialect, find_dialect
from modelyard.data.load.header import check_names
from modelyard.data.load.shape import Shape, rewritten, survey
from modelyard.data.load.table import Table, no_rows, unreadable
from modelyard.data.types.numbers import decimal_mark
from modelyard.data.types.parse import NULL_TOKENS

_SAMPLE_ROWS = 500


def open_text(path: Path, source: str, *, empty: bool = False) -> Table:
    """Open the file at `path`, which messages call `source`; no rows will do where `empty`.

    Raises:
        RequestError: It is no text, is ragged, has two columns of one name, or no rows.
    """
    plain = decoded(path, source)
    dialect = find_dialect(plain, source)
    check_names(dialect.names, source)
    shape = survey(plain, dialect, source)
    if not shape.rows and not empty:
        raise no_rows(source)
    frame = _frame(plain, dialect, shape)
    try:
        if shape.quoted and not _agrees(frame, shape):
            plain, dialect = rewritten(plain, dialect), dialect.plain()
            frame = _frame(plain, dialect, shape)
        decimal = _decimal(frame, dialect)
    except pl.exceptions.PolarsError as error:
        raise unreadable(source, "CSV", error) from error
    return Table(frame, text=True, source=source, format="csv", decimal=decimal)


def _frame(path: Path, dialect: Dialect, shape: Shape) -> pl.LazyFrame:
    frame = pl.scan_csv(
        path,
        separator=dialect.delimiter,
        quote_char='"' if shape.quoted else None,
        has_header=False,
        skip_lines=dialect.header_lines,
        schema={name: pl.String() for name in dialect.names},
        glob=False,
    )
    if shape.blank_lines and len(dialect.names) > 1:
        return frame.filter(~pl.all_horizontal(pl.all().is_null()))
    return frame


def _agrees(frame: pl.LazyFrame, shape: Shape) -> bool:
    """Say whether polars sees the rows that the csv module saw: it takes a stray quote for an opening one."""
    try:
        empty = frame.select((pl.all().is_null() | (pl.all() == "")).sum()).collect().row(0)
        rows = frame.select(pl.len()).collect().item()
    except pl.exceptions.PolarsError:
        return False
    return (rows, empty[-1]) == (shape.rows, shape.empty_last)


def _decimal(frame: pl.LazyFrame, dialect: Dialect) -> str:
    # by rows: a Series named `*` or `` cannot be worked with
    columns = zip(*frame.head(_SAMPLE_ROWS).collect().rows(), strict=True)
    distinct = ({value.strip() for value in column if value} - NULL_TOKENS for column in columns)
    return decimal_mark([sorted(values) for values in distinct], comma_likely=dialect.delimiter == ";")
