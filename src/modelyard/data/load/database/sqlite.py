"""Puts a query to an SQLite file, which it can only read."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from modelyard.data.load import places
from modelyard.data.load.database.spooling import BATCH_ROWS, Answer, Rows
from modelyard.errors import OutsideError, RequestError

_SCHEMES = ("sqlite:///", "sqlite://", "sqlite:")
_BUSY_S = 30


def path_of(source: str) -> str | None:
    """Return the file that `sqlite:FILE` or `sqlite:///FILE` names (four slashes begin an absolute path), or None."""
    lower = source.lower()
    return next((source[len(scheme) :] for scheme in _SCHEMES if lower.startswith(scheme)), None)


def answer(source: str, query: str, base: Path) -> Answer:
    """Run `query`; the rows are read as they are consumed.

    Raises:
        RequestError: There is no such file, it is no database, or the query is wrong.
    """
    connection = _connect(source, base)
    try:
        cursor = connection.execute(query)
    except (sqlite3.Error, sqlite3.Warning) as error:
        connection.close()
        raise _refused(source, error) from error
    if cursor.description is None:
        connection.close()
        raise RequestError(f"{source}: the query answers no rows.", "Write one SELECT.", code="bad_query")
    return Answer([str(column[0]) for column in cursor.description], _batches(source, connection, cursor))


def tables(source: str, base: Path) -> list[str]:
    """List the tables and views."""
    with contextlib.closing(_connect(source, base)) as connection:
        try:
            found = connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            )
            return [str(name) for (name,) in found]
        except sqlite3.Error as error:
            raise _refused(source, error) from error


def _connect(source: str, base: Path) -> sqlite3.Connection:
    path = places.find_one(path_of(source) or "", base)
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=_BUSY_S)
        connection.execute("PRAGMA schema_version").fetchone()  # the file is opened no earlier
    except sqlite3.Error as error:
        raise _refused(source, error) from error
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def _batches(source: str, connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> Iterator[Rows]:
    with contextlib.closing(connection):
        try:
            while rows := cursor.fetchmany(BATCH_ROWS):
                yield rows
        except sqlite3.Error as error:
            raise _refused(source, error) from error


def _refused(source: str, error: Exception) -> RequestError | OutsideError:
    told = str(error).rstrip(".")
    if "locked" in told or "disk I/O" in told:
        return OutsideError(f"{source} cannot be read now: {told}.", "Try again.", code="database_failed")
    if "not a database" in told or "malformed" in told:
        return RequestError(f"{source} is no SQLite database: {told}.", "Check the file.", code="unreadable_data")
    return RequestError(
        f"{source} refuses the query: {told}.", "Correct it; it has to be one SELECT.", code="bad_query"
    )
