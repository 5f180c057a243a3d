"""The documentation fails when it is wrong: every command is named, and has help."""

from pathlib import Path

import pytest
import typer.main

from modelyard.cli import app

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def commands(group=None, path=("modelyard",)):
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


@pytest.mark.parametrize(("line", "command"), [pytest.param(*pair, id=pair[0]) for pair in commands()])
def test_every_command_has_help_and_is_in_the_readme(line, command):
    assert command.help
    assert f"`{line}" in README


def test_the_readme_names_no_command_that_does_not_exist():
    known = {line for line, _ in commands()}
    named = {part.split("`")[0] for part in README.split("| `")[1:] if part.startswith("modelyard ")}
    for line in named:
        assert any(line.startswith(command) for command in known), line
