"""Refuses an update that would have to overwrite what git does not track."""

import os

from modelyard.errors import RequestError
from modelyard.scaffold.update.move import Move
from modelyard.scaffold.update.repository import Repository


def refuse_in_the_way(repository: Repository, move: Move) -> None:
    """Raise RequestError when something untracked lies where a file has to go."""
    known = {path for path, old, *_ in move.files if old is not None}
    found = []
    for path, old, _, new, _ in move.files:
        if new is None or old is not None:
            continue
        blocked = _blocked(repository, path, known)
        if blocked or os.path.lexists(repository.top / path):
            found.append(blocked or path)
    if found:
        raise RequestError(
            f"Not tracked by git, and in the way of the update: {', '.join(sorted(set(found)))}.",
            "Commit them, or move them away; then run the same command again.",
            code="in_the_way",
        )


def _blocked(repository: Repository, path: str, known: set[str]) -> str | None:
    """Return what lies where the file's folder, or the file, has to be; what is tracked makes room by itself."""
    parts = path.split("/")
    for length in range(1, len(parts)):
        parent = "/".join(parts[:length])
        place = repository.top / parent
        if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()) and parent not in known:
            return parent
    place = repository.top / path
    if place.is_dir() and not place.is_symlink():
        inside = {file.relative_to(repository.top).as_posix() for file in place.rglob("*") if not file.is_dir()}
        return next(iter(sorted(inside - known)), None)
    return None
