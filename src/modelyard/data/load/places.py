"""Finds the local files that a path or a glob names, and says clearly when there are none."""

import contextlib
import errno
import glob
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from modelyard.errors import RequestError

_TABLES = "*.csv, *.tsv, *.parquet, *.jsonl, *.arrow"


def find(source: str, base: Path | None) -> list[Path]:
    """Return the files, sorted by name.

    Raises:
        RequestError: There is none, or one cannot be read.
    """
    if not source or "\0" in source:
        raise RequestError(f"{source!r} is no path of a table.", "Name a file, a glob or a URI.", code="no_data")
    path = _path(source, base)
    if os.path.lexists(path) or not glob.has_magic(source):
        _check(path, source)
        return [path]
    found = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207 - of any folder
    files = [each for each in found if not each.is_dir()]
    if not files:
        raise RequestError(f"No file matches {source!r} in {path.parent}.", "Check the pattern.", code="no_data")
    for each in files:
        _check(each, str(each))
    return files


def find_one(source: str, base: Path | None) -> Path:
    """Return the file that `source` names as it is, whatever characters are in it."""
    if not source or "\0" in source:
        raise RequestError(f"{source!r} is no path of a file.", "Name the file.", code="no_data")
    path = _path(source, base)
    _check(path, source)
    return path


def _path(source: str, base: Path | None) -> Path:
    if source.startswith("file://"):
        return Path(unquote(urlsplit(source).path))
    given = Path(source)
    with contextlib.suppress(RuntimeError):  # a user that is not known: `~nobody-here/x.csv`
        given = given.expanduser()
    return (base or Path.cwd()) / given


def _check(path: Path, source: str) -> None:
    try:
        if path.is_dir():
            raise RequestError(
                f"{source} is a folder.",
                f"Name a file in it, or a pattern such as {path / '*.csv'}",
                code="is_folder",
            )
        if path.exists() and not path.is_file():  # reading a pipe would wait for a writer, and it reads once only
            raise RequestError(
                f"{source} is a pipe or a device, not a file.", "Save the table to a file first.", code="no_file"
            )
        with path.open("rb") as file:
            beginning = file.read(1)
    except OSError as error:
        raise _unreachable(path, source, error) from error
    if not beginning:
        raise RequestError(f"{source} is empty (0 bytes).", "Give a table with a header and rows.", code="empty_file")


def _unreachable(path: Path, source: str, error: OSError) -> RequestError:
    if error.errno == errno.ELOOP:
        return RequestError(f"{source} is a symbolic link that leads back to itself.", "Name the file itself.")
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        if path.is_symlink():
            told = f"{source} is a symbolic link to {path.readlink()}, which does not exist."
            return RequestError(told, "Mend the link, or name the file itself.", code="no_data")
        return RequestError(f"No file {source} (looked at {path}).", _near(path), code="no_data")
    reason = error.strerror or str(error)
    return RequestError(f"{source} cannot be read: {reason}.", "Check its permissions.", code="unreadable_data")


def _near(path: Path) -> str:
    """Suggest the files of the same folder that look like tables."""
    try:
        names = sorted(p.name for p in path.parent.iterdir() if f"*{p.suffix.lower()}" in _TABLES.split(", "))
    except OSError:
        return f"The folder {path.parent} is not there either."
    return f"That folder holds {', '.join(names[:5])}." if names else "Check the path."
