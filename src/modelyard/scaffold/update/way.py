"""Refuses an update that would have to overwrite what git does not track, or was told to overlook."""

import os
from pathlib import Path

from modelyard.errors import RequestError
from modelyard.scaffold.update import staging
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


def refuse_overlooked(repository: Repository, work: Path, move: Move) -> None:
    """Raise RequestError when a file has changes that git was told not to see, and so calls the tree clean.

    Args:
        repository: The user's.
        work: Holds both versions of each file; see `staging.prepare`.
        move: What is to be done.
    """
    flagged = _overlooked(repository)
    found = [
        path
        for path, *_ in move.files
        if path in flagged and os.path.lexists(repository.top / path) and not _is_known(repository, work, path)
    ]
    if found:
        names = ", ".join(sorted(found))
        raise RequestError(
            f"Changed here, where git was told to overlook it, and the update would overwrite it: {names}.",
            "`git update-index --no-skip-worktree --no-assume-unchanged FILE` for each, and commit or stash them; "
            "or make the update elsewhere: `modelyard update --branch NAME`.",
            code="overlooked",
        )


def _overlooked(repository: Repository) -> set[str]:
    """Return the files marked skip-worktree (S) or assume-unchanged (a small letter)."""
    listed = repository.git("ls-files", "-v", "-z").split(b"\0")
    return {os.fsdecode(line[2:]) for line in listed if line[:1] == b"S" or line[:1].islower()}


def _is_known(repository: Repository, work: Path, path: str) -> bool:
    return any(staging.same(repository.top / path, work / side / path) for side in ("before", "after"))


def _blocked(repository: Repository, path: str, known: set[str]) -> str | None:
    """Return what lies where the file's folder, or the file, has to be; what is tracked makes room by itself."""
    parts = path.split("/")
    for length in range(1, len(parts)):
        parent = "/".join(parts[:length])
        place = repository.top / parent
        if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()) and parent not in known:
            return parent
        if parent not in known and os.path.lexists(place / ".git"):
            return parent  # a repository of its own: what is put there is none of ours
    place = repository.top / path
    if place.is_dir() and not place.is_symlink():
        inside = {file.relative_to(repository.top).as_posix() for file in place.rglob("*") if not file.is_dir()}
        return next(iter(sorted(inside - known)), None)
    return None
