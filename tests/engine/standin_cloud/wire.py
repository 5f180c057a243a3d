"""Between the engine's protobuf values and Python's: secrets opened, unknown values kept as one marker."""

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return a struct as Python values; whole numbers become integers, assets their text."""
    return {k: _opened(v) for k, v in json_format.MessageToDict(struct).items()}


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return Python values as a struct."""
    made = struct_pb2.Struct()
    made.update(json.loads(json.dumps(values)))
    return made


def known(values: Mapping[str, Any]) -> bool:
    """Tell whether nothing in the values waits for another resource."""
    return UNKNOWN not in json.dumps(values)


def _opened(value: Any) -> Any:
    if isinstance(value, dict):
        return _opened(value["value"]) if _SIGNATURE in value and "value" in value else _object(value)
    if isinstance(value, list):
        return [_opened(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _object(value: dict) -> Any:
    if _SIGNATURE in value:
        return value.get("text") or value.get("path") or value.get("id") or json.dumps(value.get("assets", ""))
    return {k: _opened(v) for k, v in value.items()}


def merged(computed: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given and what the service added, one level down too: the group of a cluster's network."""
    state = {**computed, **given}
    for key, value in computed.items():
        if isinstance(value, dict) and isinstance(given.get(key), dict) and key not in {"tags", "tagsAll"}:
            state[key] = {**value, **given[key]}
    return state


def unknown(computed: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a service would add, as a preview knows it: not yet."""
    return {
        key: dict.fromkeys(value, UNKNOWN) if isinstance(value, dict) and isinstance(given.get(key), dict) else UNKNOWN
        for key, value in computed.items()
    }
