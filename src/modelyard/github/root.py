"""Finds the repository that is set up: an ML repository by modelyard.yaml, a platform's by platform.yaml."""

from pathlib import Path

from modelyard.errors import RequestError
from modelyard.github.identity import PLATFORM, PROJECT, file_of


def find(given: Path | None) -> Path:
    """Return the folder named, else the nearest one at or above the working directory that is a repository of ours.

    Raises:
        RequestError: There is none.
    """
    if given is not None:
        return file_of(given.resolve()).parent
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT).is_file():
            return folder
        if (folder / PLATFORM).is_file() and folder.name != "infra":
            return folder
    raise RequestError(
        f"Neither {PROJECT} nor {PLATFORM} is in {here} or above it.",
        "Go into a project, or name one with --project DIR.",
        code="no_project",
    )
