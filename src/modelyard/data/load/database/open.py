"""Picks the database that a URI names, and says clearly what a query needs."""

import re
from pathlib import Path

import polars as pl

from modelyard.data.load import remote
from modelyard.data.load.database import postgres, sqlite
from modelyard.data.load.database.spooling import Answer, spooled
from modelyard.data.load.table import Table, no_rows
from modelyard.errors import RequestError

_SCHEME = re.compile(r"(sqlite|postgres|postgresql|athena):", re.IGNORECASE)
_LONGEST = 1_000_000  # characters of a query; more is a file of something else


def is_database(source: str) -> bool:
    """Say whether `source` is the URI of a database that a query can be put to."""
    return _SCHEME.match(source) is not None


def shown(source: str) -> str:
    """Return the URI without user, password and parameters; a path as it is."""
    return remote.shown(source) if _scheme(source) != "sqlite" and ":" in source else source


def read_query(path: Path) -> str:
    """Read a query from its file.

    Raises:
        RequestError: It is not there, empty, or no text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RequestError(
            f"The query {path} cannot be read: {error.strerror or error}.",
            "Name a file that holds one SELECT.",
            code="no_query",
        ) from error
    except UnicodeDecodeError as error:
        raise RequestError(f"The query {path} is no text.", "Save it as UTF-8.", code="bad_query") from error
    if not text.strip() or len(text) > _LONGEST:
        what = "is empty" if not text.strip() else "is too long for a query"
        raise RequestError(f"The query {path} {what}.", "Name a file that holds one SELECT.", code="bad_query")
    return text.strip().rstrip(";")


def open_database(source: str, query: str | None, base: Path, *, empty: bool = False) -> Table:
    """Run `query` against the database `source` and open its answer.

    Raises:
        RequestError: There is no query, no such database, or the database refuses the query.
        OutsideError: The database cannot be reached.
    """
    name, scheme = shown(source), _scheme(source)
    if scheme == "athena":
        raise RequestError(
            f"{name}: queries to Athena are not in this version of modelyard.",
            "UNLOAD the query's answer to S3 as Parquet and name that: --data 's3://BUCKET/FOLDER/*.parquet'.",
            code="no_athena",
        )
    if query is None:
        raise RequestError(
            f"{name} is a database: which rows of it are the table?",
            f"Write a SELECT into a file and name it with --query FILE.{_tables(source, base)}",
            code="no_query",
        )
    answer = sqlite.answer(source, query, base) if scheme == "sqlite" else postgres.answer(source, query, name)
    return _table(answer, name, empty=empty)


def _table(answer: Answer, name: str, *, empty: bool) -> Table:
    path = spooled(answer, name)
    frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    if not empty and frame.select(pl.len()).collect().item() == 0:
        raise no_rows(name)
    return Table(frame, text=False, source=name, format="parquet", files=(path,))


def _tables(source: str, base: Path) -> str:
    found = sqlite.tables(source, base) if _scheme(source) == "sqlite" else []
    return f" It holds {', '.join(repr(each) for each in found[:8])}." if found else ""


def _scheme(source: str) -> str:
    scheme = source.partition(":")[0].lower()
    return "postgresql" if scheme == "postgres" else scheme
