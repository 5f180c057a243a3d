"""Writes the command reference from the Typer app, so that it cannot say anything else than the program."""

from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import typer.main

from modelyard.cli import app

_HIDDEN = {"help"}
_WORDS = {str: "TEXT", int: "NUMBER", float: "NUMBER", Path: "PATH"}
Command = Any  # typer brings its own copy of click, whose classes are not public
Annotation = Any


def commands(group: Command | None = None, path: tuple[str, ...] = ("modelyard",)) -> Iterator[tuple[str, Command]]:
    """Yield every command that does something, with the words that call it."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def page() -> str:
    """Return the reference as Markdown."""
    return "\n\n".join(_section(words, command) for words, command in commands())


def _section(words: str, command: Command) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name not in _HIDDEN and not p.hidden]
    usage = " ".join([words, *map(_argument, arguments), "[OPTIONS]"])
    parts = [f"## {words}", _prose(command.help or ""), f"```text\n{usage}\n```", _table(arguments + options)]
    return "\n\n".join(part for part in parts if part)


def _argument(argument: Command) -> str:
    name = argument.metavar or argument.name.upper()
    name = name.strip("[]")
    many = " ..." if argument.nargs == -1 and not name.endswith("...") else ""
    return f"{name}{many}" if argument.required else f"[{name}{many}]"


def _prose(text: str) -> str:
    return text.replace("\b", "").replace("<", "&lt;").strip()


def _table(parameters: list[Command]) -> str:
    rows = [f"| {_names(p)} | {_meaning(p)} |" for p in parameters]
    return "\n".join(["| option | meaning |", "|---|---|", *rows]) if rows else ""


def _names(parameter: Command) -> str:
    if parameter.param_type_name == "argument":
        return f"`{(parameter.metavar or parameter.name.upper()).strip('[]')}`"
    both = [*parameter.opts, *parameter.secondary_opts]
    return ", ".join(f"`{name}`" for name in both) + _value(parameter)


def _value(option: Command) -> str:
    """Return what follows the option: its choices, its metavar, or the name of its type."""
    if option.is_flag:
        return ""
    kinds = [kind for kind in _flat(option.type_descriptor.annotation) if kind is not NoneType]
    if option.metavar:
        return f" `{option.metavar}`"
    if all(isinstance(kind, str) for kind in kinds):
        return " " + " or ".join(f"`{kind}`" for kind in kinds)
    return f" `{_WORDS[kinds[0]]}`"


def _flat(annotation: Annotation) -> list[object]:
    """Return the classes and literal values inside a type."""
    inner = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _flat(inner[0])
    return [one for each in inner for one in _flat(each)] if inner else [annotation]


def _meaning(parameter: Command) -> str:
    parts = [_prose(parameter.help or "").replace("|", "\\|")]
    if parameter.required:
        parts.append("Required.")
    elif parameter.default not in {None, False, True, ()} and not callable(parameter.default):
        parts.append(f"Default: `{parameter.default}`.")
    variable = parameter.envvar
    names = [variable] if isinstance(variable, str) else list(variable or [])
    if names:
        parts.append("Or set " + ", ".join(f"`{name}`" for name in names) + ".")
    return " ".join(part for part in parts if part)
