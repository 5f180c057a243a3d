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
    """Let `target` be what `source` is, a file or a link, in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    copy = target.with_name(f".modelyard-{os.getpid()}")
    try:
        copy.hardlink_to(source) if not source.is_symlink() else copy.symlink_to(source.readlink())
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
            raise
        shutil.copy2(source, copy, follow_symlinks=False)
    copy.replace(target)
