"""Tracking URIs: which can hold a registry, and how they are shown without their password."""

import re

from modelyard.errors import RequestError


def check_uri(uri: str) -> None:
    """Refuse, without importing MLflow, what can hold no registry.

    Raises:
        RequestError: It is no URI that MLflow knows, or a SQLite database in memory, which ends with the process.
    """
    if "://" not in uri and not uri.startswith("databricks"):
        raise unknown(uri)
    if uri.startswith("sqlite:") and uri.removeprefix("sqlite:").strip("/") in {"", ":memory:"}:
        raise RequestError(
            f"The tracking URI {uri!r} is a database in memory, which ends with the process.",
            "Name a file: sqlite:///mlflow.db.",
            code="bad_tracking",
        )


def shown(uri: str) -> str:
    """Return the URI without user, password and options."""
    return re.sub(r"://[^/]*@", "://", uri.partition("?")[0])


def unknown(uri: str) -> RequestError:
    """Build the error for a kind of URI that MLflow does not know."""
    return RequestError(
        f"MLflow knows no tracking URI of the kind {shown(uri)!r}.",
        "Use sqlite:///FILE, postgresql://…, mysql://… or http(s)://… as `environments.ENV.tracking`.",
        code="bad_tracking",
    )
