"""A row that the contract allows, from what the version was trained on: medians and the most frequent values."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from modelyard.data.types import written
from modelyard.reference.distribution import Distribution
from modelyard.reference.profile import Profile
from modelyard.serving.fields import Field, RefusedError

_FALLBACK: dict[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "date": "2026-01-31",
    "timestamp": "2026-01-31 12:00:00",
}
_ISO = {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%d %H:%M:%S"}
_SAMPLE = dt.datetime(2026, 1, 31, 12)


def example(fields: Sequence[Field], profile: Path) -> dict[str, Any]:
    """Return column -> JSON value for the columns that a request must have.

    Args:
        fields: The columns of a request.
        profile: What the version's bundle says of its training rows; may be absent.
    """
    known = _profiled(profile)
    return {f.column.name: _value(f, known.get(f.column.name)) for f in fields if f.needed}


def _profiled(path: Path) -> dict[str, Distribution]:
    try:
        return {column.name: column for column in Profile.model_validate_json(path.read_bytes()).columns}
    except (OSError, ValidationError):
        return {}


def _value(field: Field, seen: Distribution | None) -> Any:  # noqa: ANN401 - JSON
    for value in (*_seen(field, seen), *_guesses(field)):
        try:
            field.read(value)
        except RefusedError:
            continue
        return value
    return None


def _seen(field: Field, seen: Distribution | None) -> Iterator[Any]:
    """Yield values of training rows, the most usual first."""
    if seen is None:
        return
    usual = sorted(seen.shares, key=lambda value: -seen.shares[value])
    if field.column.type == "boolean":
        yield from (value == "true" for value in usual)
    yield from usual
    middle = sorted(seen.edges, key=lambda edge: abs(edge - seen.edges[len(seen.edges) // 2]))
    for edge in middle:
        yield from _of_number(field, edge)


def _of_number(field: Field, edge: float) -> Iterator[Any]:
    if field.column.type in _ISO:
        when = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=edge)
        yield written(when, field.column.format or _ISO[field.column.type])
    elif field.column.type == "integer":
        yield round(edge)
    else:
        yield edge


def _guesses(field: Field) -> Iterator[Any]:
    """Yield values for a column of which nothing is known but its contract."""
    for rule in field.column.rules:
        if rule.kind in {"minimum", "maximum"}:
            yield rule.value
        elif rule.kind == "allowed":
            yield from rule.value if isinstance(rule.value, tuple) else (rule.value,)
    if field.column.type in _ISO:
        yield written(_SAMPLE, field.column.format or _ISO[field.column.type])
    yield _FALLBACK[field.column.type]
    yield None
