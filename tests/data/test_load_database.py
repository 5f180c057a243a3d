"""What a query answers: SQLite files for real, a real PostgreSQL server, and what is refused."""

import datetime as dt
import sqlite3
import sys

import polars as pl
import pytest

from modelyard.data.load import database, open_table
from modelyard.data.types import infer
from modelyard.errors import OutsideError, RequestError


@pytest.fixture
def shop(tmp_path):
    path = tmp_path / "shop é.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE sold (id INTEGER PRIMARY KEY, day TEXT, price REAL, pieces, note BLOB)")
        rows = [(i, f"2024-02-{1 + i % 28:02d}", i / 4, [i, None][i % 3 == 0], b"\x01\xff") for i in range(500)]
        connection.executemany("INSERT INTO sold VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("CREATE TABLE bare (a, b)")
    connection.close()
    return path


def test_a_query_against_sqlite_gives_typed_rows_in_their_order(shop):
    table = open_table(f"sqlite:{shop}", query='SELECT id, day, price, pieces AS "*" FROM sold ORDER BY id DESC')
    frame = table.frame.collect()
    assert frame.schema == {"id": pl.Int64, "day": pl.String, "price": pl.Float64, "*": pl.Int64}
    assert frame.row(0) == (499, "2024-02-24", 124.75, 499)
    assert infer(table)["day"].type == "date"
    assert table.source == f"sqlite:{shop}"


@pytest.mark.parametrize("scheme", ["sqlite:", "sqlite:///", "SQLITE:///"])
def test_a_relative_file_is_looked_for_in_the_base(shop, scheme):
    assert open_table(f"{scheme}{shop.name}", shop.parent, "SELECT * FROM sold").frame.collect().height == 500


def test_types_that_change_from_row_to_row_meet_in_what_holds_them_all(tmp_path):
    with sqlite3.connect(tmp_path / "m.db") as connection:
        connection.execute("CREATE TABLE m (number, text, empty)")
        connection.executemany("INSERT INTO m VALUES (?, ?, ?)", [(1, 1, None), (2.5, "x", None), (None, None, None)])
    frame = open_table(f"sqlite:{tmp_path / 'm.db'}", query="SELECT * FROM m").frame.collect()
    assert frame.rows() == [(1.0, "1", None), (2.5, "x", None), (None, None, None)]


def test_batches_of_different_types_meet_too(tmp_path, monkeypatch):
    monkeypatch.setattr("modelyard.data.load.database.sqlite.BATCH_ROWS", 2)
    with sqlite3.connect(tmp_path / "m.db") as connection:
        connection.execute("CREATE TABLE m (a)")
        connection.executemany("INSERT INTO m VALUES (?)", [(None,), (None,), (1,), (2,), (0.5,)])
    frame = open_table(f"sqlite:{tmp_path / 'm.db'}", query="SELECT * FROM m").frame.collect()
    assert frame["a"].to_list() == [None, None, 1.0, 2.0, 0.5]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (None, "no_query"),
        ("SELEC 1", "bad_query"),
        ("SELECT * FROM no_such_table", "bad_query"),
        ("SELECT 1; SELECT 2", "bad_query"),
        ("DROP TABLE sold", "bad_query"),
        ("DELETE FROM sold", "bad_query"),
        ("SELECT id, id FROM sold", "duplicate_column"),
        ("SELECT * FROM bare", "no_rows"),
        ("", "bad_query"),
    ],
)
def test_a_query_that_answers_no_table_is_refused_and_changes_nothing(shop, query, code):
    before = shop.read_bytes()
    with pytest.raises(RequestError) as refused:
        open_table(f"sqlite:{shop}", query=query)
    assert refused.value.code == code
    assert refused.value.hint
    assert shop.read_bytes() == before


def test_without_a_query_the_tables_are_named(shop):
    with pytest.raises(RequestError) as refused:
        open_table(f"sqlite:{shop}")
    assert "'bare', 'sold'" in refused.value.hint
    assert "--query" in refused.value.hint


@pytest.mark.parametrize(("name", "code"), [("absent.db", "no_data"), ("text.db", "unreadable_data"), ("", "no_data")])
def test_what_is_no_sqlite_file_is_refused_and_not_made(tmp_path, name, code):
    (tmp_path / "text.db").write_text("not a database " * 100)
    with pytest.raises(RequestError) as refused:
        open_table(f"sqlite:{name}", tmp_path, "SELECT 1")
    assert refused.value.code == code
    assert [each.name for each in tmp_path.iterdir()] == ["text.db"]


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff\xfe\x00"])
def test_a_file_that_holds_no_query_is_refused(tmp_path, content):
    (tmp_path / "q.sql").write_bytes(content)
    with pytest.raises(RequestError, match=r"q\.sql"):
        database.read_query(tmp_path / "q.sql")


def test_athena_is_refused_with_a_way_round():
    with pytest.raises(RequestError, match="Athena") as refused:
        open_table("athena://AwsDataCatalog/sales", query="SELECT 1")
    assert "s3://" in refused.value.hint


def test_without_the_driver_postgresql_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(RequestError, match="psycopg2") as refused:
        open_table("postgresql://me:secret@localhost/x", query="SELECT 1")
    assert refused.value.code == "missing_extra"
    assert "modelyard[ml]" in refused.value.hint
    assert "secret" not in refused.value.message


def test_a_server_that_cannot_be_reached_is_an_outside_failure_without_the_password():
    with pytest.raises(OutsideError) as failed:
        open_table("postgresql://me:secret@127.0.0.1:1/x", query="SELECT 1")
    assert "secret" not in f"{failed.value.message}{failed.value.hint}"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    import pgserver

    server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.mark.slow
def test_a_query_against_postgresql_keeps_its_types(postgres):
    query = """SELECT 1::bigint AS "a b", 1.5::numeric AS n, 'x'::text AS t, true AS b, DATE '2024-05-01' AS d,
        TIMESTAMPTZ '2024-05-01 12:00+02' AS at, '{"k": [1]}'::jsonb AS j, INTERVAL '90 s' AS i, NULL AS nothing"""
    frame = open_table(postgres, query=query).frame.collect()
    assert frame.schema["at"] == pl.Datetime("us")
    assert frame.row(0) == (
        1, 1.5, "x", True, dt.date(2024, 5, 1), dt.datetime(2024, 5, 1, 10), '{"k": [1]}', 90.0, None,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("query", ["CREATE TABLE t (a int)", "SELEC 1", "SELECT 1; DROP TABLE t", "SELECT * FROM nope"])
def test_postgresql_answers_nothing_but_a_select(postgres, query):
    with pytest.raises(RequestError) as refused:
        open_table(postgres, query=query)
    assert refused.value.code == "bad_query"
