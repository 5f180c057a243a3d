"""The JSON Schema of a row, from the contract."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from modelyard.data.types import Epoch, epoch
from modelyard.serving.fields import Field
from modelyard.serving.limits import bound
from modelyard.serving.version import Version

_TYPES = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "string",
    "timestamp": "string",
}
_ISO = {"date": "date", "timestamp": "date-time"}
_KEYWORDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "pattern": "pattern",
    "min_length": "minLength",
    "max_length": "maxLength",
}


def row_schema(version: Version) -> dict[str, Any]:
    """Return the schema of one row: what is refused, not what is merely unusual."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Row",
        "type": "object",
        "properties": {field.column.name: _property(field) for field in version.fields},
        "required": [field.column.name for field in version.fields if field.needed],
        "additionalProperties": False,
        "examples": [version.example],
    }


def answer_schema(version: Version) -> dict[str, Any]:
    """Return the schema of an answer."""
    served = version.scorer.served
    one = {"type": "number"} if served.task == "regression" else {"type": "string", "enum": served.classes}
    shares = {"type": "object", "properties": {name: {"type": "number"} for name in served.classes}}
    properties: dict[str, Any] = {"predictions": {"type": "array", "items": one}}
    if served.classes:
        properties["probabilities"] = {"type": "array", "items": shares}
    properties |= {"version": {"type": "integer"}, "id": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": list(properties)}


def request_schema(row: dict[str, Any], **limits: int) -> dict[str, Any]:
    """Return the schema of a body: one row, or several, within `limits`, with the entity that they belong to."""
    row = {key: value for key, value in row.items() if key != "$schema"}
    envelope = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": row, **limits}, "id": {"type": ["string", "null"]}},
        "required": ["rows"],
        "additionalProperties": False,
    }
    return {"anyOf": [row, envelope]}


def _property(field: Field) -> dict[str, Any]:
    column = field.column
    unit = epoch(column.format) if column.type == "timestamp" else None
    if unit is not None:
        return _counted(field, unit)
    kind = _TYPES[column.type]
    found: dict[str, Any] = {"type": [kind, "null"] if field.nullable else kind}
    if column.description:
        found["description"] = column.description
    if column.type == "integer":
        found["format"] = "int64"
    if column.type in _ISO:
        found |= {"description": _moments(field)} if column.format else {"format": _ISO[column.type]}
    return found | _rules(field)


def _counted(field: Field, unit: Epoch) -> dict[str, Any]:
    """Describe a timestamp that counts time since 1970; its digits as a string are understood as well."""
    told = f"{field.column.description} ({unit.unit} since 1970, UTC)".strip()
    found = {"type": ["integer", "null"] if field.nullable else "integer", "format": "int64", "description": told}
    bounds = (r for r in field.column.rules if r.severity == "error" and r.kind in {"minimum", "maximum"})
    ends = {rule.kind: bound(rule, field.column) for rule in bounds}
    least, most = ends.get("minimum"), ends.get("maximum")
    return found | {
        "minimum": unit.first if least is None else max(unit.first, _not_before(least, unit)),
        "maximum": unit.last if most is None else min(unit.last, unit.number(most)),
    }


def _not_before(least: dt.datetime, unit: Epoch) -> int:
    found = unit.number(least)
    return found if unit.moment(found) == least else found + 1


def _moments(field: Field) -> str:
    column = field.column
    return f"{column.description} ({column.type} written as {column.format})".strip()


def _rules(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {}
    dated = field.column.type in _ISO  # JSON Schema knows bounds of numbers only
    for rule in field.column.rules:
        if rule.severity != "error" or dated:
            continue
        if rule.kind == "allowed":
            found["enum"] = [*_listed(rule.value), *([None] if field.nullable else [])]
        elif rule.kind in _KEYWORDS:
            found[_KEYWORDS[rule.kind]] = rule.value
    return found


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, tuple) else (value,)
