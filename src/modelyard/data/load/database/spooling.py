"""Writes a database's rows to a temporary Parquet file; a column's type is what its values have in common."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from modelyard.data.load.spool import new_file, no_room
from modelyard.data.load.table import duplicate
from modelyard.errors import RequestError

Rows = Sequence[tuple[Any, ...]]
BATCH_ROWS = 50_000


@dataclass(frozen=True)
class Answer:
    """What a query answers: column names, and rows in batches."""

    names: Sequence[str]
    batches: Iterator[Rows]


def spooled(answer: Answer, source: str) -> Path:
    """Write the rows to a Parquet file and return it.

    Raises:
        RequestError: Two columns have one name, or there is no column.
        OutsideError: There is no room.
    """
    _check_names(answer.names, source)
    parts = [_written(_frame(answer.names, rows)) for rows in answer.batches]
    path = new_file(".parquet")
    try:
        _together(answer.names, parts).sink_parquet(path, compression="zstd")
    except OSError as error:
        raise no_room(error) from error
    for part in parts:
        part.unlink()
    return path


def _check_names(names: Sequence[str], source: str) -> None:
    if not names:
        raise RequestError(f"{source}: the query answers no columns.", "Write one SELECT.", code="bad_query")
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise duplicate(source, twice)


def _written(frame: pl.DataFrame) -> Path:
    path = new_file(".parquet")
    try:
        frame.write_parquet(path)
    except OSError as error:
        raise no_room(error) from error
    return path


def _together(names: Sequence[str], parts: Sequence[Path]) -> pl.LazyFrame:
    if not parts:
        return pl.LazyFrame(schema={name: pl.String() for name in names})
    frames = [pl.scan_parquet(part, glob=False, hive_partitioning=False) for part in parts]
    schemas = [frame.collect_schema() for frame in frames]
    wanted = [_known(_common([schema[name] for schema in schemas])) for name in names]
    cast = [[pl.nth(i).cast(kind) for i, kind in enumerate(wanted)]] * len(frames)
    return pl.concat([frame.select(each) for frame, each in zip(frames, cast, strict=True)])


def _known(kind: pl.DataType) -> pl.DataType:
    return pl.String() if kind == pl.Null else kind


def _common(kinds: Sequence[pl.DataType]) -> pl.DataType:
    found = {kind for kind in kinds if kind != pl.Null}
    if len(found) <= 1:
        return next(iter(found), pl.Null())
    if found <= {pl.Int64(), pl.Float64()}:
        return pl.Float64()
    return pl.Datetime("us") if found <= {pl.Date(), pl.Datetime("us")} else pl.String()


def _frame(names: Sequence[str], rows: Rows) -> pl.DataFrame:
    columns = [_series(name, values) for name, values in zip(names, zip(*rows, strict=True), strict=True)]
    return pl.DataFrame(columns)


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    """Build one column; SQLite lets every value have a type of its own."""
    kinds = {type(value) for value in values} - {type(None)}
    plain = [_plain(value) for value in values] if kinds - _PLAIN else values
    kind = _common([_KINDS[each] for each in {type(value) for value in plain} - {type(None)}])
    if kind == pl.String:
        plain = [value if value is None or isinstance(value, str) else str(value) for value in plain]
    return pl.Series(name, plain, dtype=kind, strict=False)


_KINDS: dict[type, pl.DataType] = {
    int: pl.Int64(),
    float: pl.Float64(),
    str: pl.String(),
    bool: pl.Boolean(),
    dt.date: pl.Date(),
    dt.datetime: pl.Datetime("us"),
}
_PLAIN = frozenset(_KINDS) - {int, dt.datetime}  # an int may be too large, a timestamp have a zone


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a database holds
    convert = next((how for kind, how in _CONVERT.items() if type(value) is kind), None)
    if convert is not None:
        return convert(value)
    return value if value is None or type(value) in _KINDS else str(value)


def _naive(value: dt.datetime) -> dt.datetime:
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


_CONVERT: dict[type, Callable[[Any], Any]] = {
    int: lambda value: value if -(2**63) <= value < 2**63 else float(value),
    dt.datetime: _naive,
    Decimal: float,
    dt.timedelta: dt.timedelta.total_seconds,
    bytes: lambda value: value.hex(),
    memoryview: lambda value: bytes(value).hex(),
    dict: _json,
    list: _json,
}
