"""Inputs against the SDK's own types: unknown keys, missing ones, wrong types, at any depth."""

import difflib
import enum
import types as builtin_types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pulumi

from modelyard.infra.plan import sdk
from modelyard.infra.plan.checks.known import Known
from modelyard.infra.plan.monitor import SECRET
from modelyard.infra.plan.records import Problem, Resource

_PLAIN = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def types(resources: Sequence[Resource], known: Known) -> Iterator[Problem]:  # noqa: ARG001 - one shape for all checks
    """Yield a problem for each input that the SDK's class of the resource does not have, lacks, or types otherwise."""
    for resource in resources:
        for path, value, message, fix in of(resource.type, resource.inputs):
            yield Problem(
                layer=resource.layer,
                resource=resource.urn,
                property=path,
                value=_shown(value),
                message=message,
                fix=fix,
            )


def of(token: str, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any, str, str]]:
    """Yield (path, value, message, fix) for the inputs of one resource; a custom Kubernetes type has no class."""
    shape = sdk.shape(token)
    if shape is not None:
        yield from _object(inputs, shape.inputs, "")
    elif token.startswith("aws:"):
        yield "", token, f"{token} is no resource of the installed SDK", "Correct the type."


def _object(
    values: Mapping[str, Any], properties: Mapping[str, sdk.Property], at: str
) -> Iterator[tuple[str, Any, str, str]]:
    for key, value in values.items():
        path = f"{at}.{key}" if at else key
        if key in properties:
            yield from _value(value, properties[key].annotation, path)
        elif not key.startswith("__"):
            close = difflib.get_close_matches(key, properties, n=1)
            yield path, value, "unknown property", f"Did you mean {close[0]}?" if close else "Leave it out."
    for name, wanted in properties.items():
        if wanted.required and values.get(name) is None:
            path = f"{at}.{name}" if at else name
            yield path, None, "required, but absent", f"Set {name}."


def _value(value: Any, annotation: Any, path: str) -> Iterator[tuple[str, Any, str, str]]:  # noqa: ANN401
    if value is None or value == SECRET:
        return
    candidates = [sdk.unwrap(each) for each in _candidates(annotation)]
    fitting = [each for each in candidates if _kind_fits(value, each)]
    if not fitting:
        yield path, value, f"{_kind(value)} where {_wanted(candidates)} is needed", "Give it another value."
        return
    yield from _inside(value, fitting[0], path)


def _inside(value: Any, annotation: Any, path: str) -> Iterator[tuple[str, Any, str, str]]:  # noqa: ANN401
    arguments = typing.get_args(annotation)
    if isinstance(value, list) and arguments:
        for number, each in enumerate(value):
            yield from _value(each, arguments[0], f"{path}[{number}]")
    elif isinstance(value, Mapping) and _is_args(annotation):
        yield from _object(value, sdk.properties(annotation), path)
    elif isinstance(value, Mapping) and len(arguments) == 2:
        for key, each in value.items():
            yield from _value(each, arguments[1], f"{path}.{key}")
    elif typing.get_origin(annotation) is typing.Literal and value not in arguments:
        yield path, value, f"must be {' or '.join(map(repr, arguments))}", "Use one of them."


def _candidates(annotation: Any) -> Iterable[Any]:  # noqa: ANN401 - an annotation
    bare = sdk.unwrap(annotation)
    union = typing.get_origin(bare) in {typing.Union, builtin_types.UnionType}
    return [member for each in typing.get_args(bare) for member in _candidates(each)] if union else [bare]


def _kind_fits(value: Any, annotation: Any) -> bool:  # noqa: ANN401, PLR0911 - one line for each kind
    if annotation is Any or annotation is object:
        return True
    if isinstance(value, Mapping):
        return _is_args(annotation) or _origin(annotation) in {dict, Mapping} or _is_asset(annotation)
    if isinstance(value, list):
        return _origin(annotation) in {list, Sequence}
    if typing.get_origin(annotation) is typing.Literal:
        return type(value) in {type(each) for each in typing.get_args(annotation)}
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return value in [member.value for member in annotation]
    if annotation is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is annotation


def _origin(annotation: Any) -> Any:  # noqa: ANN401 - an annotation
    return typing.get_origin(annotation) or annotation


def _is_args(annotation: Any) -> bool:  # noqa: ANN401 - an annotation
    return isinstance(annotation, type) and annotation.__name__.endswith("Args")


def _is_asset(annotation: Any) -> bool:  # noqa: ANN401 - an annotation
    return isinstance(annotation, type) and issubclass(annotation, pulumi.Asset | pulumi.Archive)


def _kind(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list) else _PLAIN.get(type(value), type(value).__name__)


def _wanted(candidates: Iterable[Any]) -> str:
    words = []
    for each in candidates:
        origin = _origin(each)
        word = (
            "a list"
            if origin in {list, Sequence}
            else "an object"
            if _is_args(each) or origin in {dict, Mapping}
            else ""
        )
        words.append(word or _PLAIN.get(each) or getattr(each, "__name__", str(each)))
    return " or ".join(dict.fromkeys(words))


def _shown(value: Any) -> str:  # noqa: ANN401
    text = "" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
