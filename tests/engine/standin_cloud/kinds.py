"""What the SDK says of a resource type: its inputs with their types, which of them are required, and its outputs."""

import functools
import importlib
import importlib.resources
import json
import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pulumi import _types

MISSING = object()


@dataclass(frozen=True)
class Kind:
    """A resource type, by wire names (camelCase for AWS)."""

    token: str
    inputs: Mapping[str, Any]
    required: frozenset[str]
    outputs: Mapping[str, Any]
    resource: type


@functools.cache
def kind(package: str, token: str) -> Kind | None:
    """Return the type `token` of the SDK `package` (`pulumi_aws`), or None where the SDK has no such type."""
    found = _classes(package).get(token)
    if found is None:
        return None
    module, name = found
    loaded = importlib.import_module(module)
    # where a nested type took the name, the resource's own arguments are called ...InitArgs
    arguments = getattr(loaded, f"{name}InitArgs", None) or getattr(loaded, f"{name}Args")
    resource = getattr(loaded, name)
    return Kind(
        token, _types.input_type_types(arguments), _required(arguments), _types.resource_types(resource), resource
    )


@functools.cache
def _classes(package: str) -> dict[str, tuple[str, str]]:
    """Return token -> (module, class), read from the SDK's own registration without importing every service."""
    source = importlib.resources.files(package).joinpath("__init__.py").read_text("utf-8")
    table = re.search(r'resource_modules="""\s*(.*?)"""', source, re.DOTALL)
    modules = json.loads(table.group(1)) if table else []
    return {token: (m["fqn"], name) for m in modules for token, name in m["classes"].items()}


def _required(arguments: type) -> frozenset[str]:
    names = _types.input_type_py_to_pulumi_names(arguments)
    hints = arguments.__init__.__kwdefaults__ or {}
    code = arguments.__init__.__code__
    parameters = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return frozenset(names[p] for p in parameters if p not in hints and p in names)


def wrong(hint: Any, value: Any, path: str, unknown: object) -> list[tuple[str, str]]:
    """Return (path, reason) for every place where a value is not of the SDK's type; an unknown value fits all."""
    hint = _bare(hint)
    if value is unknown or value is None or hint is Any:
        return []
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        return _of_any(typing.get_args(hint), value, path, unknown)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _of_list(typing.get_args(hint)[0], value, path, unknown)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _of_map(typing.get_args(hint)[1], value, path, unknown)
    if _types.is_input_type(hint):
        return of_object(_types.input_type_types(hint), _required(hint), value, path, unknown)
    return _of_scalar(hint, value, path)


def of_object(inputs: Mapping[str, Any], required: frozenset[str], value: Any, path: str, unknown: object) -> list:
    """Return what is wrong with an object: unknown and missing properties, and wrong types below."""
    if not isinstance(value, Mapping):
        return [(path, f"an object is needed, found {type(value).__name__}")]
    at = f"{path}." if path else ""
    found = [(f"{at}{name}", "the SDK has no such property") for name in value if name not in inputs]
    found += [(f"{at}{name}", "required and missing") for name in required if value.get(name) is None]
    for name in value.keys() & inputs.keys():
        found += wrong(inputs[name], value[name], f"{at}{name}", unknown)
    return found


def _bare(hint: Any) -> Any:
    """Strip what `Input` and `Optional` add: the plain type is left, or a union of plain types."""
    if typing.get_origin(hint) not in {typing.Union, types.UnionType}:
        return hint
    dropped = {"Awaitable", "Output", "NoneType"}
    kept = [a for a in typing.get_args(hint) if getattr(typing.get_origin(a) or a, "__name__", "") not in dropped]
    plain = [k for k in kept if not (isinstance(k, type) and issubclass(k, dict))]
    return plain[0] if len(plain) == 1 else typing.Union[tuple(plain)]  # noqa: UP007


def _of_any(options: tuple, value: Any, path: str, unknown: object) -> list[tuple[str, str]]:
    found = [wrong(option, value, path, unknown) for option in options]
    return [] if any(not each for each in found) else min(found, key=len)


def _of_list(item: Any, value: Any, path: str, unknown: object) -> list[tuple[str, str]]:
    if not isinstance(value, list):
        return [(path, f"a list is needed, found {type(value).__name__}")]
    return [w for i, each in enumerate(value) for w in wrong(item, each, f"{path}[{i}]", unknown)]


def _of_map(item: Any, value: Any, path: str, unknown: object) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping):
        return [(path, f"a map is needed, found {type(value).__name__}")]
    return [w for key, each in value.items() for w in wrong(item, each, f"{path}[{key}]", unknown)]


def _of_scalar(hint: Any, value: Any, path: str) -> list[tuple[str, str]]:
    if typing.get_origin(hint) is typing.Literal:
        ok = value in typing.get_args(hint)
        return [] if ok else [(path, f"{typing.get_args(hint)} is needed, found {value!r}")]
    if isinstance(hint, type) and issubclass(hint, Enum):
        hint = str
    if _fits(hint, value):
        return []
    return [(path, f"{getattr(hint, '__name__', hint)} is needed, found {value!r}")]


def _fits(hint: Any, value: Any) -> bool:
    if hint is bool:
        return isinstance(value, bool)
    if hint is int:
        return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is str:
        return isinstance(value, str)
    return True
