"""Writes the configuration reference from the pydantic models: every key, its type, its default, what it is for."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from modelyard.config.model import ProjectConfig
from modelyard.infra.platform.model import Platform

Annotation = Any  # what stands behind the colon of a field: classes and typing's forms have no common type

_PLAIN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    NoneType: "null",
    object: "anything",
}


def modelyard() -> str:
    """Return the reference of modelyard.yaml."""
    return page(ProjectConfig)


def platform() -> str:
    """Return the reference of platform.yaml."""
    return page(Platform)


def page(model: type[BaseModel]) -> str:
    """Return the reference of a model as Markdown, one table for each section."""
    return "\n\n".join(_section(path, section) for path, section in _sections(model, ""))


def _sections(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    yield path, model
    for name, field in model.model_fields.items():
        for kind, inner in _models(field.annotation, f"{path}.{name}".lstrip(".")):
            yield from _sections(inner, kind)


def _models(annotation: Annotation, path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the models inside a type; a mapping's key is NAME, a list's element is []."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield path, annotation
        return
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is dict:
        yield from _models(inner[1], f"{path}.NAME")
    elif origin in {list, tuple}:
        yield from _models(inner[0], f"{path}[]")
    elif origin is Annotated:
        yield from _models(inner[0], path)
    elif origin in {Union, UnionType}:
        for each in inner:
            yield from _models(each, path)


def _section(path: str, model: type[BaseModel]) -> str:
    words = " ".join((model.__doc__ or "").split("\n\n")[0].split())
    rows = [_row(name, field) for name, field in model.model_fields.items()]
    title = f"## {path}" if path else "## The file"
    return "\n".join([title, "", words, "", "| key | value | default | meaning |", "|---|---|---|---|", *rows])


def _row(name: str, field: FieldInfo) -> str:
    meaning = (field.description or _inner_words(field.annotation)).replace("|", "\\|")
    return f"| `{field.alias or name}` | {_kind(field.annotation)}{_limits(field)} | {_default(field)} | {meaning} |"


def _inner_words(annotation: Annotation) -> str:
    inner = [model for _, model in _models(annotation, "")]
    return " ".join((inner[0].__doc__ or "").split("\n\n")[0].split()) if inner else ""


def _kind(annotation: Annotation) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin in {Annotated, Union, UnionType}:
        kinds = inner[:1] if origin is Annotated else inner
        return " or ".join(dict.fromkeys(_kind(each) for each in kinds))
    if origin in {list, tuple, dict}:
        return f"map of {_kind(inner[1])}" if origin is dict else f"list of {_kind(inner[0])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section"
    return _PLAIN.get(annotation, "text")


def _limits(field: FieldInfo) -> str:
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    found = [
        f"{words[name]} {getattr(limit, name)}"
        for limit in field.metadata
        for name in words
        if getattr(limit, name, None) is not None
    ]
    return f", {', '.join(found)}" if found else ""


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required():
        return "required"
    if value is PydanticUndefined or isinstance(value, BaseModel) or _holds_models(value):
        return ""
    shown = {None: "null", True: "true", False: "false"}.get(value) if isinstance(value, bool | NoneType) else None
    return f"`{shown or (list(value) if isinstance(value, tuple) else value)}`"


def _holds_models(value: object) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(isinstance(each, BaseModel) for each in inner)
