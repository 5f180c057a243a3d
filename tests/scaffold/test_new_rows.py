"""Which rows go into a repository, and under which name."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from modelyard.scaffold import tables
from modelyard.scaffold.sample import sample


def place(folder: Path, frame: pl.DataFrame, *, given: str = "x.csv", classes: bool = False) -> tables.Placed:
    rows = tables.Rows(frame.lazy(), frame.height, frame.columns[-1], classes)
    (folder / "work").mkdir()
    return tables.place(rows, name="t", given=given, workshop=folder / "work", final=folder / "project")


def test_a_small_table_goes_in_whole(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": range(900), "y": range(900)})
    placed = place(tmp_path, frame)
    assert placed == tables.Placed("data/t.parquet", committed=True, sample="data/sample.parquet", sample_rows=500)
    assert pl.read_parquet(tmp_path / "work/data/t.parquet").equals(frame)


def test_a_large_table_stays_outside_and_is_named_relative_to_the_project(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).random((60_000, 40))
    frame = pl.DataFrame(noise)
    placed = place(tmp_path, frame, given=str(tmp_path / "big.csv"))
    assert (placed.source, placed.committed) == ("../big.csv", False)
    assert [path.name for path in (tmp_path / "work/data").iterdir()] == ["sample.parquet"]


def test_a_table_just_over_the_limit_stays_outside(tmp_path: Path) -> None:
    frame = pl.DataFrame(np.random.default_rng(0).random((60_000, 25)))
    assert not place(tmp_path, frame, given="s3://bucket/key.parquet").committed


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("/home/someone/secret/customers.csv", "customers.csv"),
        ("s3://bucket/key.csv", "s3://bucket/key.csv"),
        ("demo:flights", "demo:flights"),
    ],
)
def test_folders_of_this_machine_are_not_made_public(given: str, name: str) -> None:
    assert tables.public(given) == name


def test_a_sample_keeps_order_and_spread_and_is_the_same_again() -> None:
    frame = pl.DataFrame({"a": range(10_000), "y": [0.5] * 10_000})
    picked = sample(frame.lazy(), "y", classes=False)
    assert picked.height == 500
    assert picked["a"].is_sorted()
    assert picked["a"][-1] >= 9_900
    assert picked.equals(sample(frame.lazy(), "y", classes=False))


def test_a_sample_shows_rare_classes() -> None:
    y = ["no"] * 9_988 + ["yes"] * 12
    counts = dict(sample(pl.LazyFrame({"y": y}), "y", classes=True)["y"].value_counts().iter_rows())
    assert counts["yes"] >= 10
    assert sum(counts.values()) <= 500


def test_a_sample_of_very_many_classes_is_still_small() -> None:
    picked = sample(pl.LazyFrame({"y": [str(i % 900) for i in range(9_000)]}), "y", classes=True)
    assert 0 < picked.height <= 500


def test_a_sample_leaves_out_rows_without_a_target() -> None:
    picked = sample(pl.LazyFrame({"a": [1, 2, 3], "y": [None, "b", "c"]}), "y", classes=True)
    assert picked["a"].to_list() == [2, 3]


@pytest.mark.parametrize("name", ["*", "^.*$", "", "row", "c0", "index", "a b", "é\"'"])
def test_columns_may_have_any_name(name: str) -> None:
    frame = pl.DataFrame({"other": range(700), name: ["p", "q"] * 350})
    picked = sample(frame.lazy(), name, classes=True)
    assert picked.columns == ["other", name]
    assert picked.height == 500
