"""Holds typed commands against the program: the command is there, its options are, and their values are taken."""

import re
import shlex
from collections.abc import Iterator

import typer.main

from modelyard.cli import app

_ROOT = typer.main.get_command(app)
_ENDS = {"|", "||", "&&", ";", "&", ">", ">>", "2>", "<"}
_RUNNER = re.compile(r"^(?:[A-Z_]+=\S+\s+)*(?:uv run(?: --\S+)* )?modelyard(?=\s|$)")


class WrongCommandError(AssertionError):
    """A page shows a command that the program does not take."""


def commands(text: str) -> Iterator[str]:
    """Yield the calls of `modelyard` in a block of shell."""
    for line in text.replace("\\\n", " ").splitlines():
        for part in _parts(line):
            if _RUNNER.match(part):
                yield _RUNNER.sub("modelyard", part)


def _parts(line: str) -> Iterator[str]:
    try:
        lexer = shlex.shlex(line, posix=False, punctuation_chars="|&;<>()")
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:  # a line of a here-document
        return
    part: list[str] = []
    for word in [*words, ";"]:
        if word in _ENDS or set(word) <= set("|&;<>()"):
            yield " ".join(part)
            part = []
        elif word not in {"if", "then", "until", "while", "do", "!"}:
            part.append(word)


def check(call: str) -> None:
    """Refuse a call that the program would refuse before it does anything."""
    words = shlex.split(call)[1:]
    command, path, rest = _walk(words)
    if hasattr(command, "commands"):
        if rest and rest not in (["--help"], ["--version"]):
            raise WrongCommandError(f"`{call}`: there is no command {' '.join([*path, rest[0]])!r}")
        return
    if "--help" in rest:
        return
    try:
        command.make_context(" ".join(path), list(rest))
    except Exception as error:
        raise WrongCommandError(f"`{call}`: {getattr(error, 'message', error)}") from error


def mention(text: str) -> None:
    """Refuse a mention of a command or an option that is not there; values are not looked at."""
    words = [word.strip("[],.") for word in text.split()][1:]
    command, path, rest = _walk([word for word in words if word])
    if hasattr(command, "commands") and rest and re.fullmatch(r"[a-z][a-z-]*", rest[0]):
        raise WrongCommandError(f"`{text}`: there is no command {' '.join([*path, rest[0]])!r}")
    known = {name for each in (command, _ROOT) for p in each.params for name in [*p.opts, *p.secondary_opts]}
    for word in rest:
        name = word.split("=")[0]
        if name.startswith("--") and name not in known | {"--help"}:
            raise WrongCommandError(f"`{text}`: {' '.join(path)} has no option {name}")


def _walk(words: list[str]) -> tuple[object, list[str], list[str]]:
    command, path = _ROOT, ["modelyard"]
    rest = list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        path.append(rest[0])
        command = command.commands[rest.pop(0)]
    return command, path, rest
