"""Moves an update into the user's work tree: prepared beside it, written down first, so that a kill loses nothing."""

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.errors import RequestError
from modelyard.scaffold import git
from modelyard.scaffold.update import files, index, staging, way
from modelyard.scaffold.update.move import JOURNAL, Move, write_down
from modelyard.scaffold.update.repository import Repository, changed_files

_POLITE = (signal.SIGINT, signal.SIGTERM)


def make(repository: Repository, work: Path, move: Move) -> None:
    """Do it; after a failure the work tree is as it was, after a kill the next run goes on.

    Args:
        repository: The user's.
        work: A folder of ours beside git's files, locked against a second run.
        move: What to do.

    Raises:
        RequestError: Something untracked lies where a file has to go, or changes that git was told to overlook.
        OutsideError: The disk is full, or another git holds the index.
    """
    way.refuse_in_the_way(repository, move)
    staging.prepare(repository, work, move)
    way.refuse_overlooked(repository, work, move)
    with _uninterrupted():
        write_down(work, move)
        _carry_out(repository, work, move)


def finish(repository: Repository, work: Path, move: Move) -> bool:
    """Go on where a killed run stopped; False when there is nothing to go on with.

    Raises:
        RequestError: A file was changed since by somebody else.
    """
    index.release(repository, work)
    if _is_done(repository, move):
        _done(work)
        return True
    begun = repository.head == move.head and (changed_files(repository) or _untracked(repository, move))
    if not begun:
        _done(work)  # taken back by hand, or killed before the first file
        return False
    staging.prepare(repository, work, move)
    _refuse_changed(repository, work, move)
    with _uninterrupted():
        _carry_out(repository, work, move)
    return True


def _is_done(repository: Repository, move: Move) -> bool:
    """Tell whether only the journal is left: the refs are the last thing to move."""
    told = all(_reads(repository.folder / name, text) for name, text in move.merge.items())
    return bool(move.refs or move.merge) and told and all(repository.resolve(name) == new for name, _, new in move.refs)


def _reads(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text


def _untracked(repository: Repository, move: Move) -> bool:
    return any(os.path.lexists(repository.top / path) for path, old, _, new, _ in move.files if old is None and new)


def _refuse_changed(repository: Repository, work: Path, move: Move) -> None:
    """Raise RequestError when somebody has changed a file since the run that was killed."""
    for path, *_ in move.files:
        place = repository.top / path
        if not any(staging.same(place, work / side / path) for side in ("before", "after")):
            raise RequestError(
                f"An update was killed half way, and {path} has been changed since.",
                "Keep a copy of your change, then `git reset --hard` and run `modelyard update` again.",
                code="changed_since",
            )


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Let Ctrl-C and a polite kill wait until the files are in place."""
    heard: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are for the main thread only
        return
    before = {number: signal.signal(number, lambda got, _: heard.append(got)) for number in _POLITE}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if heard:
            signal.raise_signal(heard[0])


def _carry_out(repository: Repository, work: Path, move: Move) -> None:
    try:
        _move_files(repository, work, move)
        index.swap(repository, work, move)
        _move_refs(repository, move)
    except BaseException:
        _take_back(repository, work, move)
        raise
    _done(work)


def _done(work: Path) -> None:
    for name in ("index", JOURNAL):
        (work / name).unlink(missing_ok=True)


def _move_files(repository: Repository, work: Path, move: Move) -> None:
    """Take away first, so that a folder can become a file; each file arrives whole."""
    for path, _, _, mode, _ in move.files:
        if mode is None and os.path.lexists(repository.top / path):
            files.remove(repository.top, path)
    for path, _, _, mode, _ in move.files:
        source = work / "after" / path
        if mode is not None and os.path.lexists(source):
            files.place(source, repository.top / path)


def _move_refs(repository: Repository, move: Move) -> None:
    orders = []
    for name, old, new in move.refs:
        if repository.resolve(name) != new:
            orders.append(f"update {name} {new} {old}" if old else f"create {name} {new}")
    if orders:
        said = "\n".join(["start", *orders, "prepare", "commit", ""])
        repository.git("update-ref", "-m", "modelyard update", "--stdin", stdin=said.encode())
    for name, text in move.merge.items():
        (repository.folder / name).write_text(text, encoding="utf-8")


def _take_back(repository: Repository, work: Path, move: Move) -> None:
    """After a failure: put back what was there, as long as git's index has not followed."""
    if repository.resolve("HEAD") != move.head:
        return
    for path, old, _, _, _ in move.files:
        if old is None and os.path.lexists(repository.top / path):
            files.remove(repository.top, path)
    for path, old, *_ in move.files:
        if old is not None and os.path.lexists(work / "before" / path):
            files.place(work / "before" / path, repository.top / path)
    for name in move.merge:
        (repository.folder / name).unlink(missing_ok=True)
    if git.attempt(repository.top, "diff-index", "--cached", "--quiet", move.head).returncode and move.index:
        repository.git("read-tree", move.head)
    git.attempt(repository.top, "update-index", "-q", "--refresh")
    _done(work)
