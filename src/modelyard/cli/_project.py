"""Opens the project that a command works in, in the project's own environment when it has one."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli._output import note
from modelyard.errors import RequestError

if TYPE_CHECKING:
    from modelyard.config import Project

_GUARD = "MODELYARD_IN_PROJECT"


def open_project(folder: Path | None, env: str, *, quiet: bool) -> "Project":
    """Return the project at `folder`, or the nearest one upward.

    A project with its own `.venv` is run in it, so that training uses the locked versions: the process is
    replaced by the same command there. Without one the command runs in place and says so.

    Raises:
        RequestError: No project, or a configuration that is wrong.
    """
    from modelyard import config

    if folder is not None and not (folder / config.FILE_NAME).is_file():
        raise RequestError(f"No modelyard.yaml in {folder}.", "Name the folder that holds it.", code="no_project")
    root = folder.resolve() if folder is not None else config.find(Path.cwd())
    _enter_environment(root, quiet=quiet)
    return config.load(root, env)


def _enter_environment(root: Path, *, quiet: bool) -> None:
    environment = root / ".venv"
    if _GUARD in os.environ or Path(sys.prefix).resolve() == environment.resolve():
        return
    script = environment / "bin" / "modelyard"
    if script.is_file() and os.access(script, os.X_OK):
        os.execve(script, [str(script), *sys.argv[1:]], {**os.environ, _GUARD: "1"})  # noqa: S606 - no shell
    if not quiet:
        note(f"{root.name} has no environment of its own (`make setup` makes one): running in place.")
