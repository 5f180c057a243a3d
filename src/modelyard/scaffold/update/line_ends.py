"""Lets a template meet files that the user keeps with CRLF: the template's side is given the same line ends."""

from collections.abc import Mapping

from modelyard.scaffold.update.repository import Entry
from modelyard.scaffold.update.scratch import Scratch


def like(
    ours: Mapping[str, Entry], sides: tuple[Mapping[str, Entry], ...], scratch: Scratch
) -> tuple[dict[str, Entry], ...]:
    """Return each side of the template with CRLF in the files that `ours` has with CRLF throughout."""
    theirs = sides[-1]
    touched = [path for path in theirs if path in ours and any(side.get(path) != ours[path] for side in sides)]
    plain = [path for path in touched if ours[path].mode.startswith("100")]
    contents = scratch.blobs(ours[path].oid for path in plain)
    crlf = [path for path in plain if _is_crlf(contents[ours[path].oid])]
    return tuple(
        dict(side) | {path: _converted(side[path], scratch) for path in crlf if path in side} for side in sides
    )


def _is_crlf(content: bytes) -> bool:
    return b"\0" not in content and content.count(b"\n") == content.count(b"\r\n") > 0


def _converted(entry: Entry, scratch: Scratch) -> Entry:
    content = scratch.blob(entry.oid)
    if b"\0" in content or b"\r" in content:
        return entry
    return Entry(entry.mode, scratch.put(content.replace(b"\n", b"\r\n")))
