"""Opens the formats that carry types: Parquet, Arrow and JSON lines."""

import glob
import json
from pathlib import Path

import polars as pl

from modelyard.data.load.table import Format, Table, no_rows, unreadable
from modelyard.errors import RequestError

_CELL_LIMIT = 16 * 2**20


def open_typed(path: Path, source: str, kind: Format, *, empty: bool = False) -> Table:
    """Open a file of the given format; no rows will do where `empty`.

    Raises:
        RequestError: It is damaged, has no rows, or two columns of one name.
    """
    try:
        frame = _scan(path, source, kind)
        columns = frame.collect_schema()
        rows = frame.select(pl.len()).collect().item() if columns else 0
    except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as error:
        raise unreadable(source, kind, error) from error
    if not columns:
        raise RequestError(f"{source} has no columns.", "Give a table with columns and rows.", code="no_columns")
    if not rows and not empty:
        raise no_rows(source)
    return Table(frame, text=False, source=source, format=kind)


def _scan(path: Path, source: str, kind: Format) -> pl.LazyFrame:
    if kind == "parquet":
        return pl.scan_parquet(path, glob=False, hive_partitioning=False)
    if kind == "arrow":
        return _arrow(path)
    return _json(path, source)


def _arrow(path: Path) -> pl.LazyFrame:
    with path.open("rb") as file:
        streamed = file.read(6) != b"ARROW1"
    return pl.read_ipc_stream(path).lazy() if streamed else pl.scan_ipc(path, hive_partitioning=False, glob=False)


def _json(path: Path, source: str) -> pl.LazyFrame:
    with path.open("rb") as file:
        if file.read(256).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
            return pl.read_json(path, infer_schema_length=None).lazy()
    _check_sizes(path, source)
    # this one reads every path as a pattern
    frame = pl.scan_ndjson(glob.escape(str(path)), infer_schema_length=None)
    try:
        frame.collect_schema()
    except pl.exceptions.PolarsError:
        _check_lines(path, source)  # names the line
        raise
    return frame


def _check_sizes(path: Path, source: str) -> None:
    with path.open("rb") as file:
        lines = iter(lambda: file.readline(_CELL_LIMIT + 1), b"")
        for number, line in enumerate(lines, start=1):
            if len(line) > _CELL_LIMIT:
                raise RequestError(
                    f"{source}: line {number} has more than {_CELL_LIMIT:,} bytes.",
                    "Take out what makes it so large.",
                    code="cell_too_large",
                )


def _check_lines(path: Path, source: str) -> None:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip() and not line.lstrip().startswith(b"{"):
                raise _bad_line(source, number, "it is no JSON object")
            try:
                json.loads(line) if line.strip() else None
            except ValueError as error:
                raise _bad_line(source, number, getattr(error, "msg", "not UTF-8")) from error


def _bad_line(source: str, number: int, reason: str) -> RequestError:
    return RequestError(f"{source}: line {number} is not JSON: {reason}.", "Write one object per line.", code="bad_row")
