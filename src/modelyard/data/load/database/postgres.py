"""Puts a query to PostgreSQL in a transaction that can only read, and streams the answer."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.data.load.database.spooling import BATCH_ROWS, Answer, Rows
from modelyard.errors import ModelyardError, OutsideError, RequestError

if TYPE_CHECKING:
    from psycopg2.extensions import connection, cursor

_CONNECT_S = 15


def answer(source: str, query: str, name: str) -> Answer:
    """Run `query`; the rows are read as they are consumed. Messages call the database `name`.

    A URI without user and password leaves them to PGUSER, PGPASSWORD and ~/.pgpass.

    Raises:
        RequestError: The driver is not installed, or the query is wrong.
        OutsideError: The database cannot be reached, or does not let us in.
    """
    connection = _connect(source, name)
    cursor = connection.cursor(name="modelyard")  # a cursor on the server: the answer may be larger than memory
    cursor.itersize = BATCH_ROWS
    try:
        cursor.execute(query)
        first = cursor.fetchmany(BATCH_ROWS)
    except Exception as error:
        connection.close()
        raise _refused(name, error) from error
    return Answer([column.name for column in cursor.description or ()], _batches(name, connection, cursor, first))


def _connect(source: str, name: str) -> "connection":
    try:
        import psycopg2
    except ModuleNotFoundError as error:
        raise RequestError(
            f"{name} needs psycopg2, which is not installed.",
            "Install the extra: pip install 'modelyard[ml]'.",
            code="missing_extra",
        ) from error
    try:
        connection = psycopg2.connect(source, connect_timeout=_CONNECT_S, application_name="modelyard")
        connection.set_session(readonly=True)
    except psycopg2.ProgrammingError:  # it repeats the URI, password included
        raise RequestError(
            f"{name} is no valid URI of a database.", "Write postgresql://HOST/DATABASE.", code="bad_uri"
        ) from None
    except psycopg2.Error as error:
        raise OutsideError(
            f"{name} cannot be reached: {_first_line(error)}.",
            "Check host, database and network; PGUSER and PGPASSWORD may hold the credentials.",
            code="database_failed",
        ) from error
    return connection


def _batches(name: str, connection: "connection", cursor: "cursor", first: Rows) -> Iterator[Rows]:
    with contextlib.closing(connection):
        rows = first
        while rows:
            yield rows
            try:
                rows = cursor.fetchmany(BATCH_ROWS)
            except Exception as error:
                raise _refused(name, error) from error


def _refused(name: str, error: Exception) -> ModelyardError:
    import psycopg2

    if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return OutsideError(f"{name} broke off: {_first_line(error)}.", "Try again.", code="database_failed")
    told = f"{name} refuses the query: {_first_line(error)}."
    return RequestError(told, "Correct it; it has to be one SELECT.", code="bad_query")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0].rstrip(".")
