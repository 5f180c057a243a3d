"""What the provider SDKs know of a resource type: its inputs with their types, and its outputs.

The SDK's classes are generated from the provider's schema, so they are that schema, installed and of the right version.
"""

import functools
import importlib
import sys
import typing
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import runtime
from pulumi._types import _py_properties

_PACKAGES = {"aws": "pulumi_aws", "kubernetes": "pulumi_kubernetes"}
_T = typing.TypeVar("_T")
_NAMESPACE = {"Output": pulumi.Output, "T": _T}


@dataclass(frozen=True)
class Property:
    """One input: its wire name, whether it must be given, and its annotation without Pulumi's wrapping."""

    name: str
    required: bool
    annotation: Any


@dataclass(frozen=True)
class Shape:
    """One resource type. `inputs` and `outputs` (with what each holds) go by wire name."""

    token: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Any]


@functools.cache
def shape(token: str) -> Shape | None:
    """Return the shape of a resource type; None when no installed SDK knows it."""
    found = _class(token)
    if found is None:
        return None
    # `...InitArgs` where the package has another class of the first name (s3.BucketLoggingArgs is part of a Bucket)
    module = sys.modules[found.__module__]
    names = (f"{found.__name__}InitArgs", f"{found.__name__}Args")
    arguments = next((getattr(module, name) for name in names if hasattr(module, name)), None)
    outputs = {wire: _answered(prop) for _, wire, prop in _py_properties(found)}
    return Shape(token, {} if arguments is None else properties(arguments), outputs)


def _answered(prop: property) -> Any:  # noqa: ANN401 - an annotation
    """Return what an output holds: `Output[str]` is `str`."""
    kind = typing.cast("Any", prop.fget).__annotations__.get("return", Any)
    held = typing.get_args(kind)
    return unwrap(held[0]) if held else kind


@functools.cache
def properties(arguments: type) -> Mapping[str, Property]:
    """Return the inputs of an `...Args` class by wire name."""
    hints = typing.get_type_hints(arguments.__init__, localns=_NAMESPACE)
    required = _required(arguments)
    return {
        wire: Property(wire, python in required, unwrap(hints.get(python, Any)))
        for python, wire, _ in _py_properties(arguments)
    }


def unwrap(annotation: Any) -> Any:  # noqa: ANN401 - an annotation
    """Return an annotation without `Input[...]` and `Optional[...]`, at this level only."""
    if typing.get_origin(annotation) is not typing.Union:
        return annotation
    kept = [each for each in typing.get_args(annotation) if not _is_wrapping(each)]
    return typing.Union[tuple(kept)] if kept else Any  # noqa: UP007 - built from a list


def _is_wrapping(annotation: Any) -> bool:  # noqa: ANN401 - an annotation
    origin = typing.get_origin(annotation) or annotation
    return annotation is type(None) or origin is pulumi.Output or origin is Awaitable


def _required(arguments: type) -> frozenset[str]:
    init = typing.cast("Any", arguments.__init__)
    code = init.__code__
    keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return frozenset(keywords) - frozenset(init.__kwdefaults__ or {})


def _class(token: str) -> type | None:
    package, _, rest = token.partition(":")
    if package not in _PACKAGES:
        return None
    importlib.import_module(_PACKAGES[package])
    module = runtime.rpc.get_resource_module(package, rest.partition(":")[0], "")
    info = getattr(module, "mod_info", None)
    if info is None or token not in info["classes"]:
        return None
    return getattr(importlib.import_module(info["fqn"]), info["classes"][token])
