"""Says what the template wanted in a file in conflict."""

import difflib

from modelyard.scaffold.update.merge import Merged, Stages
from modelyard.scaffold.update.repository import Entry
from modelyard.scaffold.update.result import Conflict
from modelyard.scaffold.update.scratch import Scratch


def of(merged: Merged, scratch: Scratch) -> list[Conflict]:
    """Return the files in conflict, each with the template's own change."""
    return [
        Conflict(path=shown(path), diff=_diff(shown(path), stages, scratch))
        for path, stages in sorted(merged.conflicts.items())
    ]


def shown(path: str) -> str:
    """Return a path that any output can take: a name that is no UTF-8 is shown with marks."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _diff(path: str, stages: Stages, scratch: Scratch) -> str:
    old, new = _text(stages.get(1), scratch), _text(stages.get(3), scratch)
    if old is None or new is None:
        return f"Binary file {path} differs\n"
    names = (f"a/{path}" if 1 in stages else "/dev/null", f"b/{path}" if 3 in stages else "/dev/null")
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), *names)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _text(entry: Entry | None, scratch: Scratch) -> str | None:
    if entry is None:
        return ""
    if entry.mode == "160000":
        return f"Subproject commit {entry.oid}\n"
    content = scratch.blob(entry.oid)
    return None if b"\0" in content else content.decode("utf-8", "replace")
