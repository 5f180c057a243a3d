"""`modelyard infra bootstrap`."""

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption, YesOption
from modelyard.cli._progress import progress
from modelyard.cli.infra._engine import OneEnvOption, confirm, environment

if TYPE_CHECKING:
    from modelyard.infra.bootstrap import Bootstrap


def bootstrap(
    env: OneEnvOption = None,
    project: ProjectOption = None,
    yes: YesOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Make the bucket for the platform's state and the key for its secrets; safe to repeat."""
    from modelyard.infra import bootstrap as maker
    from modelyard.infra import platform as platforms
    from modelyard.infra.platform import ready

    found = platforms.load(platforms.find(project or Path.cwd()))
    name = platforms.known(found, environment(env))
    ready.refuse_no_account(found, name)
    confirm(f"Make the state bucket in account {found.account_of(name)}, {found.region_of(name)}?", yes=yes)
    with progress(enabled=not (quiet or json)) as report:
        made = maker.bootstrap(found, name, report)
    _output.show(made, _text, as_json=json)


def _text(made: "Bootstrap") -> str:
    changes = [f"  {change}" for change in made.changes] or ["  nothing: everything was there"]
    facts = [f"bucket   {made.bucket}", f"key      {made.key}", f"backend  {made.backend}"]
    return "\n".join([*facts, "changed", *changes])
