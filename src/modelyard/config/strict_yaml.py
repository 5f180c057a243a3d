"""Reads YAML that says each key once."""

from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError

from modelyard.errors import RequestError


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Refuses a mapping that has one key twice: PyYAML would silently keep the last."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key, _ in node.value:
        value = key.value
        if value in seen and key.tag != "tag:yaml.org,2002:merge":
            raise ConstructorError(None, None, f"the key {value!r} is there twice", key.start_mark)
        seen.add(value)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(text: str) -> object:
    """Parse one document (yaml.YAMLError when it is none)."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader


def read_file(path: Path, code: str) -> object:
    """Parse a file.

    Raises:
        FileNotFoundError: There is none.
        RequestError: With `code`: it cannot be read, or is no YAML; the message names line and column.
    """
    try:
        return parsed(path.read_text(encoding="utf-8"), str(path), code)
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"Cannot read {path}: {error}", "Save it as UTF-8 text.", code=code) from error


def parsed(text: str, name: str, code: str) -> object:
    """Parse the text that messages call `name`.

    Raises:
        RequestError: With `code`: it is no YAML; the message names line and column.
    """
    try:
        return read_yaml(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = f"{name}:{place.line + 1}:{place.column + 1}" if place else name
        problem = getattr(error, "problem", None) or error
        raise RequestError(f"{where} is not YAML: {problem}", "Correct it there.", code=code) from error
