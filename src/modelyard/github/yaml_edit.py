"""Sets values in one mapping of a YAML file and leaves every other character as it is, comments among them.

A YAML library that writes would lose comments, quotes and order. So the parser only says where values lie, the text is
changed there, and the result is read again: what differs from the wish is refused.
"""

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from modelyard.errors import RequestError

Value = str | int | bool | None
Where = tuple[str | int, ...]
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def edited(text: str, where: Where, values: Mapping[str, Value], name: str) -> str:
    """Return the text with `values` in the mapping at `where`; a section at the top is added where there is none.

    Raises:
        RequestError: `name` (of the file) is written in a way that cannot be edited so.
    """
    document = _load(text, name)
    try:
        changed = text
        for key, value in values.items():
            if _at(yaml.safe_load(changed) or {}, where).get(key, ...) != value:
                changed = _set(changed, where, (key, value))
        if yaml.safe_load(changed) == _wanted(document, where, values):
            return changed
    except (KeyError, IndexError, TypeError, AttributeError, yaml.YAMLError):
        pass  # the file's shape is not the one that is edited: said below
    raise _cannot(name, where, values)


def _wanted(document: dict[str, Any], where: Where, values: Mapping[str, Value]) -> dict[str, Any]:
    whole = copy.deepcopy(document)
    place: Any = whole
    for part in where[:-1]:
        place = place[part]
    place[where[-1]] = {**_at(document, where), **values}
    return whole


def _at(document: Any, where: Where) -> dict[str, Any]:  # noqa: ANN401 - parsed YAML
    """Return a copy of the mapping there; empty where there is nothing yet."""
    for part in where[:-1]:
        document = document[part]
    found = document.get(where[-1]) if isinstance(document, dict) else document[where[-1]]
    return {} if found is None else dict(found.items())


def _set(text: str, where: Where, pair: tuple[str, Value]) -> str:
    newline, line = "\r\n" if "\r\n" in text else "\n", f"{pair[0]}: {_scalar(pair[1])}"
    found = _node(yaml.compose(text, Loader=yaml.SafeLoader), where)
    if found is None:
        end = "" if not text or text.endswith(("\n", "\r")) else newline
        return f"{text}{end}{where[0]}:{newline}  {line}{newline}"
    anchor, node = found
    known = _pair(node, pair[0])
    if known is not None:
        return _replaced(text, known[1], _scalar(pair[1]))
    if not isinstance(node, yaml.MappingNode):  # `github:` with nothing behind it
        return _replaced(text, node, f"{{{line}}}") if node.value else _below(text, anchor, f"  {line}", newline)
    if node.flow_style:
        return _inserted(text, node.end_mark.index - 1, f"{', ' if node.value else ''}{line}")
    last_key, last = node.value[-1]
    on_one_line = isinstance(last, yaml.ScalarNode) and last.end_mark.line == last_key.end_mark.line
    return _below(text, last if on_one_line else node.value[0][0], f"{' ' * node.start_mark.column}{line}", newline)


def _node(root: Any, where: Where) -> tuple[Any, Any] | None:  # noqa: ANN401 - nodes of PyYAML
    """Return what stands before a node, and the node; None for a section that is not there."""
    anchor, node = root, root
    for part in where:
        if isinstance(part, int):
            anchor, node = node, node.value[part]
            continue
        pair = _pair(node, part)
        if pair is None:
            return None
        anchor, node = pair
    return anchor, node


def _pair(node: Any, key: str) -> tuple[Any, Any] | None:  # noqa: ANN401
    if not isinstance(node, yaml.MappingNode):
        return None
    return next(((k, v) for k, v in node.value if k.value == key), None)


def _replaced(text: str, node: Any, written: str) -> str:  # noqa: ANN401
    start, end = node.start_mark.index, node.end_mark.index
    if start == end:  # `owner_id:` with nothing behind it: the value begins after the colon
        written = f" {written}"
    return text[:start] + written + text[end:]


def _below(text: str, node: Any, line: str, newline: str) -> str:  # noqa: ANN401
    """Put a line under the line on which a node ends; what follows it there is only a comment."""
    line_end = text.find("\n", node.end_mark.index)
    if line_end < 0:
        return f"{text}{newline}{line}{newline}"
    return _inserted(text, line_end + 1, f"{line}{newline}")


def _inserted(text: str, index: int, more: str) -> str:
    return text[:index] + more + text[index:]


def _scalar(value: Value) -> str:
    """Return a value as YAML writes it in one line; quoted where it would be read as something else."""
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and yaml.safe_load(value) == value else json.dumps(value)
    return json.dumps(value)  # null, true, false and numbers are the same in both


def _load(text: str, name: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        hint = "`modelyard config show` says where."
        raise RequestError(f"{name} is not YAML: {error}", hint, code="bad_config") from error
    if not isinstance(found, dict | None):
        raise RequestError(f"{name} is no mapping.", "Write keys and values.", code="bad_config")
    return found or {}


def _cannot(name: str, where: Where, values: Mapping[str, Value]) -> RequestError:
    place = ".".join(str(part) for part in where)
    lines = "; ".join(f"{place}.{key}: {_scalar(value)}" for key, value in values.items())
    return RequestError(
        f"{place} in {name} is written in a way that cannot be changed in place.",
        f"Set there by hand: {lines}.",
        code="cannot_edit",
    )
