"""`modelyard doctor`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelyard.cli import _output
from modelyard.cli._options import JsonOption, ProjectOption, QuietOption
from modelyard.cli._progress import progress
from modelyard.errors import OutcomeError, RequestError

if TYPE_CHECKING:
    from modelyard.infra.doctor import Diagnosis
    from modelyard.infra.platform import Platform

EnvOption = Annotated[str, typer.Option("--env", envvar="MODELYARD_ENV", help="Also check this environment's account.")]


def doctor(
    env: EnvOption = "local", project: ProjectOption = None, quiet: QuietOption = False, json: JsonOption = False
) -> None:
    """Check tools, credentials, region, quotas and versions before they stop something; exit 1 when one would."""
    platform = _platform(env, project)
    from modelyard.cli.infra._engine import environment
    from modelyard.infra.doctor import doctor as look

    with progress(enabled=not (quiet or json)) as report:
        found = look(platform, None if platform is None else environment(env), report)
    if found.failed:
        names = ", ".join(check.name for check in found.failed)
        error = OutcomeError(f"{len(found.failed)} checks failed: {names}.", "Each line says how to mend it.")
        _output.show_failed(found, _text, error, as_json=json)
    _output.show(found, _text, as_json=json)


def _platform(env: str, project: Path | None) -> "Platform | None":
    """Return the platform where an environment of it was named; `local` has none."""
    if env == "local":
        return None
    from modelyard.infra import platform as platforms

    found = platforms.load(platforms.find(project or Path.cwd()))
    if env not in found.environments:
        known = ", ".join(found.environments)
        raise RequestError(f"There is no environment {env!r}.", f"Use one of: {known}.", code="no_environment")
    return found


def _text(found: "Diagnosis") -> str:
    rows = [(c.status, c.name, c.found, c.need) for c in found.checks]
    fixes = [f"  {c.name}: {c.fix}" for c in found.checks if c.fix]
    table = _output.table(("", "check", "found", "needed"), rows)
    return "\n".join([table, *(["", "to mend:", *fixes] if fixes else [])])
