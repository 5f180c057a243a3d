"""Collects from the source what an error can say: its code, its sentence and its hint, values shown as `…`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from modelyard.errors import OutcomeError, OutsideError, RequestError

SOURCE = Path(__file__).parents[2] / "src" / "modelyard"
_KINDS = {each.__name__: each for each in (OutcomeError, RequestError, OutsideError)}
VALUE = "…"


@dataclass(frozen=True)
class Message:
    """What one place in the source raises."""

    code: str
    exit: int
    sentence: str
    hint: str


def page() -> str:
    """Return every message as Markdown, by its code."""
    found = sorted({m for m in messages() if m.sentence.strip(f"{VALUE} .")}, key=lambda m: (m.code, m.sentence))
    codes = sorted({message.code for message in found})
    return "\n\n".join(_section(code, [m for m in found if m.code == code]) for code in codes)


@cache
def messages() -> tuple[Message, ...]:
    """Return what the source raises through the three kinds of error."""
    return tuple(found for tree in _trees() for call in _calls(tree) if (found := _message(call)))


@cache
def _trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py")))


def _calls(tree: ast.Module) -> list[ast.Call]:
    """Return the calls of a module; what it names at its top is put where the name stands."""
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        call.args = [named.get(arg.id, arg) if isinstance(arg, ast.Name) else arg for arg in call.args]
    return calls


def _message(call: ast.Call) -> Message | None:
    name = getattr(call.func, "id", "")
    if name not in _KINDS or not call.args:
        return None
    given = {word.arg: word.value for word in call.keywords}
    hint = call.args[1] if len(call.args) > 1 else given.get("hint")
    code = _text(given["code"]) or "of the cause" if "code" in given else _KINDS[name].default_code
    return Message(code, _KINDS[name].exit_code, _text(call.args[0]), _text(hint) if hint else "")


def _text(node: ast.expr) -> str:
    """Return the text of an expression; what is known only at run time is `…`."""
    if isinstance(node, ast.Constant):
        return " ".join(node.value.split()) if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return " ".join("".join(_parts(node)).split())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return " ".join((_raw(node.left) + _raw(node.right)).split())
    return ""


def _raw(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return _text(node) or VALUE


def _parts(node: ast.JoinedStr) -> Iterator[str]:
    for part in node.values:
        yield str(part.value) if isinstance(part, ast.Constant) else VALUE


def _section(code: str, found: list[Message]) -> str:
    lines = [
        f"- {_quoted(m.sentence)} (exit {m.exit}){'<br>next: ' + _quoted(m.hint) if m.hint else ''}" for m in found
    ]
    return "\n".join([f"## {code}", "", *lines])


def _quoted(text: str) -> str:
    fence = "``" if "`" in text else "`"
    pad = " " if fence == "``" else ""
    return f"{fence}{pad}{text}{pad}{fence}"
