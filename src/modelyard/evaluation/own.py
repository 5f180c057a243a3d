"""The figures of the user's own `metrics`: a number by name, and no name that is taken."""

import re
from collections.abc import Collection, Mapping

from modelyard.errors import RequestError

_NAME = re.compile(r"[\w\-. :/]{1,250}")  # what MLflow takes


def own_metrics(found: object, taken: Collection[str]) -> dict[str, float]:
    """Check what `metrics()` returned.

    Args:
        found: Whatever it was.
        taken: Names of the built-in metrics.

    Raises:
        RequestError: It is no mapping of names to numbers; names the one that is wrong.
    """
    if not isinstance(found, Mapping):
        raise _wrong(f"metrics() returned {type(found).__name__}, not a dictionary")
    return {_named(name, taken): _number(name, value) for name, value in found.items()}


def _named(name: object, taken: Collection[str]) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _wrong(f"metrics() calls a figure {name!r}; letters, digits, spaces and _ - . : / make a name")
    if name in taken:
        raise _wrong(f"metrics() calls a figure {name!r}, which is the name of a built-in metric")
    return name


def _number(name: object, value: object) -> float:
    try:
        return float(value)  # ty: ignore[invalid-argument-type]
    except (TypeError, ValueError):
        raise _wrong(f"metrics() returned {value!r} as {name!r}, which is no number") from None


def _wrong(message: str) -> RequestError:
    return RequestError(f"{message}.", "Correct it in src/pipeline/metrics.py.", code="bad_metrics")
