"""What an existing repository has of a project, and what in it is in the way of the rest."""

import functools
import os
from pathlib import Path

from modelyard.errors import RequestError


def sorted_out(directory: Path, made: Path) -> tuple[list[str], list[str]]:
    """Return the files of `made` that the repository at `directory` has already, and those that it lacks."""
    files = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if not path.is_dir())
    known = _Folders(directory)
    had = [path for path in files if known.has(path)]
    return had, [path for path in files if path not in had]


class _Folders:
    """What lies in a repository, by names without regard to their case: Makefile and makefile are one on many disks."""

    def __init__(self, directory: Path) -> None:
        self._inside = functools.cache(lambda folder: self._listed(directory / folder))

    def has(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return name.casefold() in self._inside(folder)

    @staticmethod
    def _listed(folder: Path) -> frozenset[str]:
        return frozenset(path.name.casefold() for path in folder.iterdir()) if folder.is_dir() else frozenset()


def refuse_blocked(directory: Path, lacking: list[str]) -> None:
    """Raise RequestError when something that is no folder of this repository lies where one has to be."""
    for path in lacking:
        for parent in list(Path(path).parents)[:-1]:
            place = directory / parent
            if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
                kind, hint = "a link" if place.is_symlink() else "a file", "Make it a folder, or move it away."
            elif os.path.lexists(place / ".git"):
                kind, hint = "a repository of its own", "Move it away, or make it a folder of this repository."
            else:
                continue
            raise RequestError(
                f"{place} is {kind}, and {path} has to go below it; nothing was changed.", hint, code="in_the_way"
            )
