"""Reads YAML that says each key once."""

from typing import Any

import yaml
from yaml.constructor import ConstructorError


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
