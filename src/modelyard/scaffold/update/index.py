"""Exchanges git's index in one step, under git's own lock."""

import os
import shutil
import time
from pathlib import Path

from modelyard.errors import OutsideError
from modelyard.scaffold import git
from modelyard.scaffold.update.move import Move
from modelyard.scaffold.update.repository import Repository

_PATIENCE_S = 3.0  # for another git that holds the index


def swap(repository: Repository, work: Path, move: Move) -> None:
    """Make the index what `move` says; the flags of other files stay.

    Raises:
        OutsideError: Another git holds it.
    """
    if not move.index:
        return
    index, draft = repository.folder / "index", work / "index"
    lock = index.with_name("index.lock")
    shutil.copyfile(index, draft)
    there = {"GIT_INDEX_FILE": str(draft)}
    listed = b"".join(
        f"{mode} {oid} {stage}\t".encode() + os.fsencode(path) + b"\0" for mode, oid, stage, path in move.index
    )
    repository.git("update-index", "-z", "--index-info", stdin=listed, environment=there)
    git.attempt(repository.top, "update-index", "-q", "--refresh", environment=there)
    _hold(lock, draft)
    lock.replace(index)


def release(repository: Repository, work: Path) -> None:
    """Take back what a kill left between the last two steps of `swap`: git's lock, when it is ours."""
    lock, draft = repository.folder / "index.lock", work / "index"
    if lock.exists() and draft.exists() and lock.samefile(draft):
        lock.unlink()
    draft.unlink(missing_ok=True)  # it may be the index itself by now


def _hold(lock: Path, draft: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            lock.hardlink_to(draft)
        except FileExistsError:
            if time.monotonic() > deadline:
                raise OutsideError(
                    f"Another git is at work here: {lock} exists.",
                    "Wait until it ends; if none runs, a git was killed: remove that file. Then run the same again.",
                    code="index_locked",
                ) from None
            time.sleep(0.05)
        else:
            return
