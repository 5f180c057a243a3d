"""Puts a file into a work tree whole, and takes one away with the folders that it leaves empty."""

import errno
import os
import shutil
from pathlib import Path


def remove(top: Path, path: str) -> None:
    """Take a file away, and each folder above it that is empty then."""
    place = top / path
    if place.is_dir() and not place.is_symlink():
        return  # a submodule
    place.unlink()
    for parent in place.parents:
        if parent == top or any(parent.iterdir()):
            return
        parent.rmdir()


def place(source: Path, target: Path) -> None:
    """Move a file or a link to `target` in one step, in place of what is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = target.with_name(f".modelyard-{os.getpid()}")  # git's folder may be on another disk
        shutil.copy2(source, copy, follow_symlinks=False)
        copy.replace(target)
