"""Both versions of each file, as git would check them out here, beside the work tree that they are for."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from modelyard.scaffold import git
from modelyard.scaffold.update.move import Move
from modelyard.scaffold.update.repository import Repository


def prepare(repository: Repository, work: Path, move: Move) -> None:
    """Write both versions of each file as git would check them out here, with this user's line ends and filters."""
    for name, first in (("before", 1), ("after", 3)):
        wanted = [(line[first], line[first + 1], line[0]) for line in move.files if line[first]]
        _check_out(repository, work, name, wanted)


def _check_out(repository: Repository, work: Path, name: str, wanted: Iterable[tuple[Any, Any, str]]) -> None:
    folder, index = work / name, work / f"{name}.index"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    there = {"GIT_INDEX_FILE": str(index), "GIT_WORK_TREE": str(folder), "GIT_DIR": str(repository.folder)}
    index.unlink(missing_ok=True)
    plain = [(mode, oid, path) for mode, oid, path in wanted if mode != "160000"]
    listed = b"".join(f"{mode} {oid}\t".encode() + os.fsencode(path) + b"\0" for mode, oid, path in plain)
    git.ask(folder, "update-index", "-z", "--index-info", stdin=listed, environment=there)
    _lay_attributes(repository, folder)
    attributes = b"".join(
        os.fsencode(path) + b"\0" for _, _, path in plain if path.rpartition("/")[2] == ".gitattributes"
    )
    git.ask(folder, "checkout-index", "--force", "-z", "--stdin", stdin=attributes, environment=there)
    git.ask(folder, "checkout-index", "--all", "--force", "--quiet", environment=there)
    index.unlink(missing_ok=True)


def _lay_attributes(repository: Repository, folder: Path) -> None:
    """Put the user's .gitattributes where git looks for them while it checks out."""
    found = repository.git("ls-files", "-z", "--", ":(glob)**/.gitattributes")
    for path in map(os.fsdecode, filter(None, found.split(b"\0"))):
        if (source := repository.top / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / path)


def same(one: Path, other: Path) -> bool:
    """Tell whether two places hold the same: nothing, an equal link, or an equal file with the same exec bit."""
    if not os.path.lexists(one) or not os.path.lexists(other):
        return os.path.lexists(one) == os.path.lexists(other)
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    if one.is_dir() or other.is_dir():
        return False
    return one.stat().st_mode & 0o100 == other.stat().st_mode & 0o100 and one.read_bytes() == other.read_bytes()
