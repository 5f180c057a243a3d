"""Reads a table once for profiling: typed, under safe keys, whole when small and sampled when large."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from modelyard.data.load import Table
from modelyard.data.types import Inferred, LogicalType
from modelyard.scaffold.profile.model import Overrides
from modelyard.scaffold.profile.rows import FILE, collect, count, spool, typed

WHOLE_ROWS, WHOLE_CELLS = 500_000, 8_000_000
SAMPLE_ROWS = 100_000
COLUMNS_AT_ONCE = 100  # polars plans many expressions in quadratic time


@dataclass(frozen=True)
class Facts:
    """A column in figures. `key` is its name inside our frames: a user's name may be `*` or `^x$`."""

    name: str
    key: str
    type: LogicalType
    format: str | None
    note: str
    rows: int
    missing: int
    distinct: int
    minimum: object
    maximum: object
    strays: int = 0

    @property
    def present(self) -> int:
        """Rows that have a value."""
        return self.rows - self.missing

    @property
    def unique(self) -> bool:
        """Whether every row has its own value."""
        return self.present == self.rows == self.distinct

    @property
    def numeric(self) -> bool:
        """Whether the column holds numbers."""
        return self.type in ("integer", "number")

    @property
    def temporal(self) -> bool:
        """Whether the column holds dates or timestamps."""
        return self.type in ("date", "timestamp")


@dataclass(frozen=True)
class Reading:
    """A table, read: exact figures of every column, and the rows (or a sample) to look at more closely."""

    source: str
    rows: int
    frame: pl.DataFrame  # columns are named by Facts.key
    facts: tuple[Facts, ...]
    table: pl.LazyFrame  # all rows, as `frame`
    spool: TemporaryDirectory[str] | None = None  # goes when the reading does

    @property
    def complete(self) -> bool:
        """Whether `frame` holds every row."""
        return self.frame.height == self.rows

    @cached_property
    def by_name(self) -> dict[str, Facts]:
        """The columns by the user's names."""
        return {facts.name: facts for facts in self.facts}

    def values(self, facts: Facts) -> pl.Series:
        """Return the column's values, or a sample of them."""
        return self.frame[facts.key]

    def counts(self, facts: Facts) -> pl.DataFrame:
        """Return the distinct values over all rows (`value`) and how often each is there (`n`)."""
        value = pl.col(facts.key).alias("value")
        grouped = self.table.select(value).drop_nulls().group_by("value").agg(pl.len().alias("n"))
        return grouped.sort("value").collect(engine="streaming")

    def categories(self, columns: Sequence[Facts]) -> dict[str, list[str]]:
        """Return the sorted distinct values of string columns, by name."""
        if not columns:
            return {}
        wanted = [pl.col(c.key).drop_nulls().unique().sort().implode() for c in columns]
        found = self.table.select(wanted).collect(engine="streaming").row(0)
        return {c.name: list(values) for c, values in zip(columns, found, strict=True)}


def read(table: Table, asked: Overrides) -> Reading:
    """Read `table`; a column of numbers that has a part in what is `asked` is a moment only as the time.

    Raises:
        RequestError: It has no rows or no columns, or cannot be read.
        OutsideError: A large table finds no room in the temporary folder.
    """
    lazy, names, inferred = typed(table, asked)
    rows = count(table)
    whole = rows <= max(SAMPLE_ROWS, min(WHOLE_ROWS, WHOLE_CELLS // len(names)))
    if whole:
        frame = collect(table, lazy)
        return Reading(table.source, rows, frame, _facts(names, inferred, _figures(frame.lazy())), frame.lazy())
    folder = spool(table, lazy)
    all_rows = pl.scan_parquet(Path(folder.name) / FILE)
    facts = _facts(names, inferred, _estimated(all_rows, rows))
    return Reading(table.source, rows, _sample(all_rows, rows), facts, all_rows, folder)


def iso(value: object) -> int | float | str | None:
    """Return a bound in a form that JSON and YAML know."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _figures(frame: pl.LazyFrame, *, exact: bool = True) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for columns in _batched(frame.collect_schema()):
        figures |= _figures_of(frame, columns, exact=exact)
    return figures


def _batched(schema: pl.Schema) -> Iterator[Sequence[tuple[str, pl.DataType]]]:
    columns = list(schema.items())
    return (columns[i : i + COLUMNS_AT_ONCE] for i in range(0, len(columns), COLUMNS_AT_ONCE))


def _figures_of(frame: pl.LazyFrame, columns: Sequence[tuple[str, pl.DataType]], *, exact: bool) -> dict[str, Any]:
    expressions = [pl.len().alias("rows")]
    for key, kind in columns:
        column = pl.col(key)
        distinct = column.drop_nulls().n_unique() if exact else column.drop_nulls().approx_n_unique()
        expressions += [column.null_count().alias(f"missing {key}"), distinct.alias(f"distinct {key}")]
        if kind not in (pl.String, pl.Boolean):
            expressions += [column.min().alias(f"minimum {key}"), column.max().alias(f"maximum {key}")]
    return frame.select(expressions).collect(engine="auto" if exact else "streaming").row(0, named=True)


def _estimated(frame: pl.LazyFrame, rows: int) -> dict[str, Any]:
    figures = _figures(frame, exact=False)
    keys = frame.collect_schema().names()
    close = [key for key in keys if not 1_000 < figures[f"distinct {key}"] < 0.95 * rows]
    return figures | _exact_distinct(frame, close)


def _exact_distinct(frame: pl.LazyFrame, keys: list[str]) -> dict[str, Any]:
    """Count exactly where it matters: estimates decide neither on keys nor on categories."""
    counts = [pl.col(key).drop_nulls().n_unique().alias(f"distinct {key}") for key in keys]
    return frame.select(counts).collect(engine="streaming").row(0, named=True) if counts else {}


def _sample(frame: pl.LazyFrame, rows: int) -> pl.DataFrame:
    """Pick rows by a hash of their position: files are sorted, so that the first rows are not typical."""
    keep = int(1000 * SAMPLE_ROWS / rows) + 1
    numbered = frame.with_row_index("row").filter(pl.col("row").hash(seed=0) % 1000 < keep)
    return numbered.drop("row").collect(engine="streaming")


def _facts(names: dict[str, str], inferred: dict[str, Inferred], figures: dict[str, Any]) -> tuple[Facts, ...]:
    return tuple(
        Facts(
            name=name,
            key=key,
            type=inferred[name].type,
            format=inferred[name].format,
            note=inferred[name].note,
            rows=int(figures["rows"]),
            missing=int(figures[f"missing {key}"]),
            distinct=int(figures[f"distinct {key}"]),
            minimum=figures.get(f"minimum {key}"),
            maximum=figures.get(f"maximum {key}"),
            strays=inferred[name].strays,
        )
        for key, name in names.items()
    )
