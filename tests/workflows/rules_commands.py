"""Rules of the commands in scripts: each exists, has the options that it is given, and runs what is locked."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer
from workflow_files import Workflow

from modelyard.cli import app
from modelyard.errors import ModelyardError

_TARGET = re.compile(r"^([\w-]+):", re.MULTILINE)


def commands_exist(workflows: list[Workflow]) -> Iterator[str]:
    """Every call of `modelyard` is understood by its own parser."""
    for workflow in workflows:
        for job in workflow.jobs:
            for call in job.modelyard:
                problem = misunderstood(call)
                if problem:
                    yield f"{job.where}: modelyard {' '.join(call)}: {problem}"


def nobody_is_asked(workflows: list[Workflow]) -> Iterator[str]:
    """A command that could ask a person is told not to: a step may have a terminal, and would wait for ever."""
    for workflow in workflows:
        for job in workflow.jobs:
            for call in (call for call in job.modelyard if not misunderstood(call)):
                asks = any(parameter.name == "yes" for parameter in _found(call)[0].params)
                if asks and not {"--yes", "-y"} & set(call):
                    yield f"{job.where}: modelyard {' '.join(call)} may ask somebody"


def misunderstood(call: list[str]) -> str:
    """Return why the parser refuses a command; empty where it does not. Nothing is run."""
    command, rest = _found(call)
    if command is None:
        return f"there is no command {' '.join(call)!r}"
    try:
        command.make_context(" ".join(call), rest)
    except ModelyardError as error:
        return error.message
    except Exception as error:  # click's own, which typer vendors
        return getattr(error, "message", "") or str(error)
    return ""


def _found(call: list[str]) -> tuple[Any, list[str]]:
    """Return the command that the words name, and the words after it; None where there is none."""
    command, rest = _root(), list(call)
    while command is not None and hasattr(command, "commands"):
        command = command.commands.get(rest.pop(0) if rest else "")
    return command, rest


@cache
def _root() -> Any:
    return typer.main.get_command(app)


def environments_are_locked(workflows: list[Workflow]) -> Iterator[str]:
    for workflow in workflows:
        for job in workflow.jobs:
            for words in job.commands:
                if words[:2] == ["uv", "run"] and "--locked" not in words:
                    yield f"{job.where}: {' '.join(words)} may change the lock"
                if words[0] in {"pip", "uvx"} or words[:2] == ["uv", "pip"]:
                    yield f"{job.where}: {' '.join(words)} installs what nobody has locked"


def targets_exist(workflows: list[Workflow], project: Path) -> Iterator[str]:
    """Every `make TARGET` is in the Makefile; with `-C`, in that of a repository made from a template here."""
    for workflow in workflows:
        for job in workflow.jobs:
            for words in (words for words in job.commands if words[0] == "make"):
                files = project.glob("templates/*/Makefile*" if "-C" in words else "Makefile")
                known = {name for file in files for name in _TARGET.findall(file.read_text())}
                yield from (
                    f"{job.where}: there is no target {word!r}"
                    for word in words[1:]
                    if re.fullmatch(r"[a-z][\w-]*", word) and word not in known
                )


RULES = (commands_exist, nobody_is_asked, environments_are_locked)
