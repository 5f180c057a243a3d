"""Values of a resource as a policy sees them: known, missing, or not known before the engine has made something."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

Value: TypeAlias = Any  # whatever a provider takes: text, number, list, mapping, UNKNOWN


class Unknown:
    """A value that only exists after an `up`; it is set, but nobody can say to what."""

    def __repr__(self) -> str:
        return "(known after up)"


UNKNOWN = Unknown()


def at(value: Value, path: str, default: Value = None) -> Value:
    """Return what lies at a dotted path of mappings; `default` where something on the way is missing."""
    for key in path.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, Mapping) or value.get(key) is None:
            return default
        value = value[key]
    return value


def as_list(value: Value) -> list[Any]:
    """Return a list of what may be one value, many or none; an unknown stays one unknown element."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def shown(value: Value, limit: int = 120) -> str:
    """Write a value for a person, in one line."""
    if value is None:
        return "(not set)"
    text = repr(value) if isinstance(value, Unknown) else _text(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _text(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
