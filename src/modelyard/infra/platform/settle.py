"""Writes into a repository's files what follows from its `platform.yaml`, so that nobody copies it by hand."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from modelyard.errors import OutsideError
from modelyard.infra.platform.load import FILE_NAME, find, load
from modelyard.infra.platform.places import Mismatch, fillable, mismatches
from modelyard.infra.platform.stale import Stale, renew

# text, path of a mapping in it, values to set there, name of the file -> the new text, comments kept
Edit = Callable[[str, tuple[str | int, ...], Mapping[str, Any], str], str]
_LISTS = frozenset({"aws:allowedAccountIds"})


def settle(start: Path, edit: Edit) -> tuple[Mismatch, ...]:
    """Correct every value that contradicts the platform at or above `start`, and fill in what it knows; return them.

    The stacks' files of ejected programs are written anew where they are behind.

    Args:
        start: Where to look for the platform.
        edit: Changes one mapping of a YAML text and leaves the rest of it as it is.

    Raises:
        RequestError: No platform, one that is wrong, or a file that cannot be edited in place.
        OutsideError: A file cannot be written.
    """
    path = find(start)
    platform = load(path)
    kinds = (mismatches, fillable)
    found = tuple(one for env in platform.environments for kind in kinds for one in kind(platform, path, env))
    for file in dict.fromkeys(one.file for one in found):
        _correct(path.parent.parent / file, [one for one in found if one.file == file], edit)
    renewed = (one for env in platform.environments for one in renew(platform, path, env))
    return (*found, *(_shown(one, path) for one in renewed))


def _shown(one: Stale, path: Path) -> Mismatch:
    name = str(one.file.relative_to(path.parent))
    return Mismatch(file=name, key=", ".join(one.keys), found="", wanted=f"as in {FILE_NAME}")


def _correct(file: Path, wrong: list[Mismatch], edit: Edit) -> None:
    try:
        text = file.read_bytes().decode("utf-8")  # line ends stay as they are
        for one in wrong:
            *where, key = one.key.split(".")
            text = edit(text, tuple(where), {key: [one.wanted] if key in _LISTS else one.wanted}, file.name)
        partial = file.with_name(f".{file.name}.partial")
        partial.write_bytes(text.encode("utf-8"))
        partial.replace(file)
    except OSError as error:
        raise OutsideError(f"Cannot write {file}: {error}", "Make room, or allow writing there.") from error
