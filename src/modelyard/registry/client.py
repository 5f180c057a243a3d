"""Opens MLflow quietly, says its failures in our words, and never lets a password of a URI out."""

import logging
import os
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from modelyard.errors import OutsideError, RequestError
from modelyard.registry.address import check_uri, shown, unknown

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

SQLITE = "sqlite:///"
_EXTRA = frozenset({"mlflow", "sqlalchemy", "psycopg2", "alembic"})
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # stdout is for results
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "PGCONNECT_TIMEOUT": "10",
}


def connect(uri: str) -> "MlflowClient":
    """Return a client of a tracking server or database; a SQLite file is made when it is not there.

    Raises:
        RequestError: The URI is of no kind that MLflow knows, or MLflow is not installed.
        OutsideError: Nobody answers there, or not as a tracking server.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    check_uri(uri)
    with failing("open", uri):
        driven = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", uri)  # the driver that is installed
        if uri.startswith(SQLITE):
            _make_sqlite(Path(uri.removeprefix(SQLITE)), uri)
        elif _is_database(driven):
            _answers(driven)
        return _client(driven)


@contextmanager
def failing(verb: str, uri: str) -> Generator[None]:
    """Turn what MLflow, SQLAlchemy and the network raise into ours."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise RequestError(
            f"The registry {shown(uri)} needs the package {error.name}, which is not installed.",
            'Install the extra `ml`: pip install "modelyard[ml]".' if error.name in _EXTRA else "Install that driver.",
            code="not_installed",
        ) from None
    except Exception as error:
        if not _is_foreign(error):
            raise
        raise OutsideError(
            f"Cannot {verb} the registry {shown(uri)}: {_reason(error, uri)}",
            "Check that it runs, and `environments.ENV.tracking` in modelyard.yaml; then run it again.",
            code="registry_failed",
        ) from None  # the cause's text holds the URI with its password


def is_missing(error: Exception) -> bool:
    """Say whether MLflow means that there is no such thing."""
    return getattr(error, "error_code", "") == "RESOURCE_DOES_NOT_EXIST"


def exists_already(error: Exception) -> bool:
    """Say whether MLflow means that somebody else was first."""
    return getattr(error, "error_code", "") == "RESOURCE_ALREADY_EXISTS"


def twice(write: Callable[[], object]) -> None:
    """Write, and once more when that failed: of two writers that add the same row at once, one is refused."""
    from mlflow.exceptions import MlflowException

    try:
        write()
    except MlflowException as error:
        if is_missing(error):
            raise
        write()


def _client(uri: str) -> "MlflowClient":
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return MlflowClient(uri, uri)
    except MlflowException as error:
        if "nsupported URI" in str(error) or "scheme" in str(error):
            raise unknown(uri) from None
        raise


def _make_sqlite(path: Path, uri: str) -> None:
    """Build the database under another name first: a kill amid MLflow's migrations leaves no trace."""
    from modelyard.data.store.durable import beside, make_folder

    if any(sign in str(path) for sign in "%?"):  # what they mean differs between versions of SQLAlchemy
        raise RequestError(
            f"A SQLite registry cannot lie in {path}: its path holds % or ?.",
            "Rename the folder, or set `environments.ENV.tracking` in modelyard.yaml to another place.",
            code="bad_tracking",
        )
    if path.exists():
        _answers(uri)
        return
    make_folder(path.parent)
    with beside(path) as temporary:
        built = f"{SQLITE}{temporary}"
        _client(built).search_experiments(max_results=1)
        _forget(built)
        try:
            os.link(temporary, path)
        except FileExistsError:  # another process was first
            return
        except OSError:  # no hard links here
            temporary.replace(path)


def _forget(uri: str) -> None:
    """Close the engines that MLflow keeps for a URI."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    engine = getattr(SqlAlchemyStore, "_engine_map", {}).pop(uri, None)
    if engine is not None:
        engine.dispose()


def _answers(uri: str) -> None:
    """Connect once: MLflow itself tries for more than a minute before it says why not."""
    import sqlalchemy
    from sqlalchemy.exc import ArgumentError

    try:
        engine = sqlalchemy.create_engine(uri)
    except ArgumentError:
        raise unknown(uri) from None
    try:
        with engine.connect() as connection:
            sqlalchemy.inspect(connection).get_table_names()
    finally:
        engine.dispose()


def _is_database(uri: str) -> bool:
    return re.match(r"(postgresql|mysql|mssql)(\+\w+)?://", uri) is not None


def _is_foreign(error: Exception) -> bool:
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in {
        "mlflow",
        "sqlalchemy",
        "alembic",
    }


def _reason(error: Exception, uri: str) -> str:
    """Return the first line of the message without secrets."""
    if any(mark in str(error) for mark in ("NewConnectionError", "NameResolutionError", "ConnectTimeout")):
        return "no connection."
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("(raised as a result of")] or lines  # when, and not why
    text = lines[0] if lines else type(error).__name__
    try:
        password = urlsplit(uri).password or ""
    except ValueError:
        password = ""
    for secret in {password, unquote(password)} - {""}:
        text = text.replace(secret, "***")
    text = re.sub(r"^\([\w.]+\) ", "", text)  # SQLAlchemy's name of the driver's error
    return re.sub(r"://[^/\s]*@", "://", text)[:300].rstrip(".") + "."
