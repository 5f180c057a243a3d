"""What `data diff` says about two tables."""

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from modelyard.data.diff import ColumnDiff, TableDiff, diff
from modelyard.errors import RequestError


def compare(a: pl.DataFrame, b: pl.DataFrame, key: str | None = None, hidden: tuple = ()) -> TableDiff:
    return diff(a.lazy(), b.lazy(), id=key, hidden=hidden)


def column(found: TableDiff, name: str) -> ColumnDiff:
    return next(c for c in found.columns if c.column == name)


BASE = pl.DataFrame({"id": [1, 2, 3, 4], "": ["a", "b", None, "a"], "*": [1.0, 2.0, 3.0, None]})


def test_a_table_equals_itself_in_any_order() -> None:
    shuffled = BASE.reverse().select(pl.nth(2), pl.nth(0), pl.nth(1))
    for id_column in (None, "id"):
        found = compare(BASE, shuffled, id_column)
        assert found.identical
        assert (found.rows.same, found.rows.added, found.rows.removed) == (4, 0, 0)
        assert all(c.distance == 0 for c in found.columns)


def test_rows_are_matched_by_id() -> None:
    after = pl.DataFrame({"id": [2, 3, 4, 5, 6], "": ["b", "c", "a", "x", "y"], "*": [2.0, 3.0, None, 1.0, 1.0]})
    rows = compare(BASE, after, "id").rows
    assert (rows.by, rows.added, rows.removed, rows.changed, rows.same) == ("id", 2, 1, 1, 2)


def test_rows_are_matched_by_content_with_duplicates_counted() -> None:
    before = pl.DataFrame({"a": [1, 1, 2, None]})
    after = pl.DataFrame({"a": [1, 2, 2, 3]})
    rows = compare(before, after).rows
    assert (rows.by, rows.added, rows.removed, rows.changed, rows.same) == ("content", 2, 2, 0, 2)


def test_ids_may_be_missing_or_double() -> None:
    before = pl.DataFrame({"id": [1, 1, None], "x": [1, 2, 3]})
    after = pl.DataFrame({"id": [None, 1, 1], "x": [3, 2, 1]})
    assert compare(before, after, "id").identical


def test_the_width_of_a_number_is_no_change_but_its_kind_is() -> None:
    narrow = BASE.with_columns(pl.col("id").cast(pl.Int16))
    assert compare(BASE, narrow, "id").identical
    found = compare(BASE, BASE.with_columns(pl.col("id").cast(pl.String)))
    assert [(c.column, c.change, c.before, c.after) for c in found.schema_changes] == [
        ("id", "type", "integer", "string")
    ]
    assert found.rows.same == 4


def test_columns_that_came_and_went_are_named_and_rows_compared_by_the_rest() -> None:
    found = compare(BASE, BASE.drop("").with_columns(new=pl.lit(1)))
    assert [(c.column, c.change) for c in found.schema_changes] == [("", "removed"), ("new", "added")]
    assert found.rows.same == 4
    assert not found.identical


def test_tables_without_a_common_column_differ_wholly() -> None:
    found = compare(pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"b": [1, 2, 3]}))
    assert found.columns == []
    assert (found.rows.added, found.rows.removed) == (3, 2)


def test_distances_are_those_of_the_definitions() -> None:
    before = pl.DataFrame({"n": [1.0, 2.0, 3.0, 4.0], "s": ["a", "a", "b", "b"], "b": [True] * 4})
    after = pl.DataFrame({"n": [3.0, 4.0, 5.0, 6.0], "s": ["a", "b", "c", "c"], "b": [True, False] * 2})
    found = compare(before, after)
    assert column(found, "n").distance == pytest.approx(0.5)
    assert column(found, "n").measure == "ks"
    assert column(found, "s").distance == pytest.approx(0.5)
    assert (column(found, "s").new_values, column(found, "s").gone_values) == (1, 0)
    assert (column(found, "s").before, column(found, "s").after) == ("a", "c")
    assert column(found, "b").distance == pytest.approx(0.5)
    assert [c.distance for c in found.columns] == sorted((c.distance for c in found.columns), reverse=True)


def test_shares_of_missing_values_and_columns_without_any() -> None:
    before = pl.DataFrame({"x": [1, None, None, 4], "nothing": [None] * 4})
    after = pl.DataFrame({"x": [1, 2, 3, 4], "nothing": [None] * 4})
    found = compare(before, after)
    assert (column(found, "x").missing_before, column(found, "x").missing_after) == (0.5, 0.0)
    assert column(found, "nothing").distance is None


def test_dates_have_an_order_and_a_median() -> None:
    before = pl.DataFrame({"d": [dt.date(2020, 1, i) for i in range(1, 11)]})
    after = pl.DataFrame({"d": [dt.datetime(2020, 2, i) for i in range(1, 11)]})
    found = column(compare(before, after), "d")
    assert (found.measure, found.distance, found.before) == ("ks", 1.0, "2020-01-06T00:00:00")


def test_hidden_columns_are_counted_and_never_shown() -> None:
    before = pl.DataFrame({"mail": ["secret@x.org", None], "y": [1, 2]})
    after = pl.DataFrame({"mail": ["hidden@x.org", "secret@x.org"], "y": [1, 3]})
    found = compare(before, after, hidden=("mail",))
    assert found.hidden == 1
    assert column(found, "mail") == ColumnDiff(
        column="mail", type="string", hidden=True, missing_before=0.5, missing_after=0.0
    )
    assert "@" not in found.model_dump_json()


def test_what_is_infinite_or_not_a_number_does_no_harm_to_json() -> None:
    before = pl.DataFrame({"x": [1.0, float("inf"), float("nan"), -0.0]})
    found = compare(before, before.reverse())
    assert found.identical
    assert TableDiff.model_validate_json(found.model_dump_json()) == found
    json.loads(found.model_dump_json())


def test_nested_columns_and_empty_tables_are_compared_too() -> None:
    nested = pl.DataFrame({"l": [[1, 2], None], "s": [{"a": 1}, {"a": None}], "c": pl.Series(["x", None])})
    assert compare(nested, nested.reverse()).identical
    assert compare(nested, nested.head(0)).rows.removed == 2
    assert compare(nested.head(0), nested.head(0)).identical


def test_without_the_id_in_both_tables_rows_are_matched_by_content() -> None:
    for key, after in (("nope", BASE), ("id", BASE.drop("id"))):
        rows = compare(BASE, after, key).rows
        assert (rows.by, rows.same) == ("content", 4)


def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"x": [str(i) for i in range(5000)]}).write_parquet(tmp_path / "t.parquet")
    data = bytearray((tmp_path / "t.parquet").read_bytes())
    data[100:2000] = b"\0" * 1900
    (tmp_path / "t.parquet").write_bytes(data)
    with pytest.raises(RequestError, match="Table B"):
        diff(BASE.lazy(), pl.scan_parquet(tmp_path / "t.parquet"), id=None, hidden=())
