"""A table too large to be held whole: sampled where it may be, counted exactly where it must be."""

import random

import polars as pl
import pytest
from profile_tables import column

from modelyard.data.load import Table
from modelyard.scaffold.profile import Overrides, TableProfile, profile

ROWS = 500_001


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> TableProfile:
    rng = random.Random(5)
    path = tmp_path_factory.mktemp("large") / "large.parquet"
    rows = pl.DataFrame({"order_id": range(ROWS), "x": [rng.random() for _ in range(ROWS)]})
    rows.with_columns(
        plan=pl.when(pl.col("order_id") == 77).then(pl.lit("rare")).otherwise(pl.lit("usual")),
        almost=pl.col("order_id").clip(1),
        y=pl.when(pl.col("order_id") % 10 == 0).then(pl.lit("yes")).otherwise(pl.lit("no")),
    ).write_parquet(path)
    return profile(Table(pl.scan_parquet(path), text=False, source="large", format="parquet"), Overrides(target="y"))


def test_every_row_is_counted(found: TableProfile) -> None:
    assert found.rows == ROWS
    assert found.balance == {"no": ROWS - 50_001, "yes": 50_001}


def test_a_key_is_a_key_only_when_it_is_exactly(found: TableProfile) -> None:
    assert column(found, "order_id").unique
    assert not column(found, "almost").unique
    assert column(found, "order_id").role == "id"


def test_a_category_in_a_single_row_is_listed(found: TableProfile) -> None:
    assert column(found, "plan").categories == ["rare", "usual"]


def test_bounds_are_those_of_all_rows(found: TableProfile) -> None:
    assert (column(found, "almost").minimum, column(found, "almost").maximum) == (1, ROWS - 1)
