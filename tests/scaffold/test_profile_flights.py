"""The demo's table, and the acceptance test for leaks on the raw flights."""

from pathlib import Path

import polars as pl
import pytest

from modelyard import assets
from modelyard.data.load import open_table
from modelyard.scaffold.profile import Overrides, TableProfile, profile

RAW = Path(__file__).parents[1] / "data_files" / "flights_raw.parquet"
LEAKS = {"arr_delay", "arr_time", "dep_delay", "dep_time"}
HONEST = {"sched_dep_time", "sched_arr_time", "carrier", "origin", "dest", "distance", "temp", "dewp", "hour"}


@pytest.fixture(scope="module")
def raw() -> TableProfile:
    return profile(open_table(str(RAW)), Overrides(target="late"))


def test_the_demo_holds_every_flight_in_order_and_is_small() -> None:
    rows = pl.scan_parquet(assets.flights())
    assert rows.select(pl.len()).collect().item() == 336_776
    assert assets.flights().stat().st_size < 2_000_000
    assert rows.select(pl.col("time_hour").is_sorted()).collect().item()


def test_the_demo_holds_only_what_is_known_at_departure() -> None:
    schema = pl.scan_parquet(assets.flights()).collect_schema()
    assert not {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"} & set(schema.names())
    assert schema["late"] == pl.Boolean
    assert schema["time_hour"] == pl.Datetime("us")
    assert {schema[name] for name in ("temp", "wind_gust", "visib")} == {pl.Float32}


def test_the_demo_needs_no_target() -> None:
    found = profile(open_table("demo:flights"), Overrides())
    assert (found.target, found.task, found.positive) == ("late", "binary", True)
    assert (found.split_by, found.split_column) == ("time", "time_hour")
    assert found.unlabelled == 9_430
    assert found.balance == {"False": 275_847, "True": 51_499}
    assert found.named("ignored") == []


def test_leaking_columns_of_the_raw_flights_are_excluded_with_a_reason(raw: TableProfile) -> None:
    by_name = {column.name: column for column in raw.columns}
    for name in LEAKS:
        assert by_name[name].role == "ignored"
        assert "leak" in by_name[name].reason
        assert any(repr(name) in warning for warning in raw.warnings)
    assert "sched_arr_time" in by_name["arr_time"].reason
    assert "known_at" in by_name["dep_delay"].reason


def test_honest_columns_of_the_raw_flights_are_kept(raw: TableProfile) -> None:
    assert set(raw.named("feature")) >= HONEST


def test_three_leaks_alone_are_found_too() -> None:
    """Only `dep_delay`, `arr_time` and `sched_arr_time` left in."""
    others = ["year", "month", "day", "dep_time", "arr_delay", "air_time", "tailnum"]
    table = open_table(str(RAW))
    kept = type(table)(table.frame.drop(others), text=False, source="raw", format="parquet")
    found = profile(kept, Overrides(target="late"))
    assert set(found.named("ignored")) == {"dep_delay", "arr_time"}


def test_a_column_that_is_there_only_with_the_outcome_is_told(raw: TableProfile) -> None:
    assert any("'air_time' is missing exactly where 'late' is" in warning for warning in raw.warnings)
