"""Builds tables in memory for the tests of profiling."""

import random
from collections.abc import Mapping, Sequence

import polars as pl

from modelyard.data.load import Table
from modelyard.scaffold.profile import ColumnProfile, Overrides, TableProfile, profile

ROWS = 600
draw = random.Random(7)


def noise(rows: int = ROWS) -> list[float]:
    return [draw.gauss(0, 1) for _ in range(rows)]


def pick(*values: object, rows: int = ROWS) -> list[object]:
    return [draw.choice(values) for _ in range(rows)]


def table(columns: Mapping[str, Sequence[object]]) -> Table:
    return Table(pl.DataFrame(columns, strict=False).lazy(), text=False, source="table.parquet", format="parquet")


def texts(columns: Mapping[str, Sequence[str]]) -> Table:
    return Table(pl.DataFrame(columns).lazy(), text=True, source="table.csv", format="csv")


def profiled(columns: Mapping[str, Sequence[object]], **overrides: object) -> TableProfile:
    return profile(table(columns), Overrides.model_validate(overrides))


def column(found: TableProfile, name: str) -> ColumnProfile:
    return next(each for each in found.columns if each.name == name)
