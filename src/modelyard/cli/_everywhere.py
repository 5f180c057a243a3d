"""Gives each command the options that every command takes, so that none has to declare what it has no use for."""

from copy import copy

import typer
import typer.core

from modelyard.cli._options import everywhere


def give(group: typer.core.TyperGroup) -> None:
    """Add what a command below `group` lacks of `--verbose`, `--quiet` and `--json`; its function sees none of them."""
    _add(group, _shared())


def _add(group: typer.core.TyperGroup, shared: list[typer.core.TyperOption]) -> None:
    for command in group.commands.values():
        if isinstance(command, typer.core.TyperGroup):
            _add(command, shared)
            continue
        taken = {each for known in command.params for each in (*known.opts, known.name)}
        command.params.extend(copy(option) for option in shared if taken.isdisjoint((*option.opts, option.name)))


def _shared() -> list[typer.core.TyperOption]:
    probe = typer.Typer(add_completion=False, rich_markup_mode=None)
    probe.command()(everywhere)
    found = [each for each in typer.main.get_command(probe).params if isinstance(each, typer.core.TyperOption)]
    for option in found:
        option.expose_value = False
    return found
