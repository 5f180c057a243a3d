"""A query against a database becomes a project that can ask it again; what `new` has no use for is refused."""

import sqlite3

import pytest
import yaml

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("CREATE TABLE c (id INTEGER PRIMARY KEY, age, spent REAL, left_us)")
        rows = [(i, 20 + i % 50, (i * 37 % 101) / 7, int(i * 31 % 97 < 30)) for i in range(400)]
        connection.executemany("INSERT INTO c VALUES (?, ?, ?, ?)", rows)
    connection.close()
    (tmp_path / "q.sql").write_text("SELECT age, spent, left_us FROM c;\n")
    return tmp_path


def made(call, shop, monkeypatch, *more):
    monkeypatch.chdir(shop)
    return call(
        "new",
        "p",
        "--data",
        "sqlite:shop.db",
        "--query",
        "q.sql",
        "--target",
        "left_us",
        "--no-lock",
        "--no-git",
        *more,
    )


def test_a_query_becomes_a_project_that_holds_rows_and_query(call, shop, monkeypatch):
    code, said = made(call, shop, monkeypatch)
    assert code == 0, said
    assert said["data"] == {"rows": 400, "columns": 3, "source": "data/p.parquet"}
    assert (shop / "p" / "data" / "query.sql").read_text() == "SELECT age, spent, left_us FROM c\n"
    assert call("data", "check", "--project", "p")[0] == 0


def test_the_project_asks_the_database_again_where_the_table_is_too_large_to_commit(call, shop, monkeypatch):
    monkeypatch.setattr("modelyard.scaffold.tables.COMMIT_LIMIT", 10)
    assert made(call, shop, monkeypatch)[0] == 0
    data = yaml.safe_load((shop / "p" / "modelyard.yaml").read_text())["data"]
    assert (data["source"], data["query"]) == ("sqlite:../shop.db", "data/query.sql")
    monkeypatch.chdir(shop / "p")
    code, said = call("data", "check")
    assert (code, said["rows"]) == (0, 400)


def test_a_query_for_a_file_is_refused_without_the_password_of_its_address(call, shop, monkeypatch):
    monkeypatch.chdir(shop)
    for source in ("q.sql", "mysql://me:secret@host/x"):
        code, said = call("new", "p", "--data", source, "--query", "q.sql", "--target", "y")
        assert (code, said["error"]["code"]) == (2, "query_without_database")
        assert "secret" not in str(said)


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--template", "platform", "no_data"),  # a platform's repository has no table
        ("--region", "eu-central-1", "no_platform"),
        ("--account", "123456789012", "no_platform"),
    ],
)
def test_what_does_not_go_together_is_refused_before_the_database_is_asked(
    call, shop, monkeypatch, option, value, code
):
    exit_code, said = made(call, shop, monkeypatch, option, value)
    assert (exit_code, said["error"]["code"]) == (2, code)
    assert value in said["error"]["message"]
    assert said["error"]["hint"]
    assert not (shop / "p").exists()
