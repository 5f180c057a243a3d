"""Evaluates the conditions of workflows: as much of GitHub's expression language as ours use."""

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"'(?:[^']|'')*'|\d+|[A-Za-z_][\w.*-]*|&&|\|\||[!=]=|[!(),<>]|\s+")
_WORDS = {"&&": " and ", "||": " or ", "!": " not ", "true": "True", "false": "False", "null": "None"}


class _Nothing(str):
    """What a name is that does not exist: empty, and empty below."""

    __slots__ = ()


def evaluate(expression: str, context: Mapping[str, Any], *, failed: bool = False) -> Any:
    """Return the value of an expression; names are looked up in `context`, such as {"github": {...}}.

    Args:
        expression: With or without its `${{ }}`.
        context: The contexts; a name that is not in them is empty.
        failed: Whether something before has failed.

    Raises:
        ValueError: It uses what this does not know.
    """
    inner = expression.strip()
    inner = inner.removeprefix("${{").removesuffix("}}").strip()
    words, at = [], 0
    for token in _TOKEN.finditer(inner):
        if token.start() != at:
            break
        at = token.end()
        words.append(_python(token[0], inner[at : at + 1]))
    if at != len(inner):
        raise ValueError(f"not understood: {inner[at:]!r} in {expression!r}")
    functions = {
        "success": lambda: not failed,
        "failure": lambda: failed,
        "always": lambda: True,
        "cancelled": lambda: False,
        "contains": lambda whole, part: part in whole,
        "format": lambda form, *values: form.format(*values),
    }
    look = {"look": lambda path: _look(path, context)}
    return eval("".join(words), {"__builtins__": {}}, functions | look)  # tokens of ours only


def _python(token: str, following: str) -> str:
    if token.startswith("'"):
        return repr(token[1:-1].replace("''", "'"))
    if token in _WORDS:
        return _WORDS[token]
    if token[0].isalpha() and following != "(":
        return f"look({token!r})"
    return token


def _look(path: str, context: Mapping[str, Any]) -> Any:
    found: Any = context
    for part in path.split("."):
        if isinstance(found, list):
            found = [entry.get(part, _Nothing()) for entry in found]
            continue
        if part == "*":
            found = list(found.values()) if isinstance(found, Mapping) else []
            continue
        found = found.get(part, _Nothing()) if isinstance(found, Mapping) else _Nothing()
    return found
