"""Merges three trees of files so that nothing is lost: what git decides, and what it must not decide in silence."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from modelyard.scaffold.update import line_ends
from modelyard.scaffold.update.repository import Entry
from modelyard.scaffold.update.scratch import Scratch

Files = Mapping[str, Entry]
Stages = dict[int, Entry]  # 1 the common origin, 2 ours, 3 theirs
_DELETIONS = frozenset({"CONFLICT (modify/delete)", "CONFLICT (rename/delete)"})


@dataclass(frozen=True)
class Merged:
    """The outcome: `files` with git's marks in the files in conflict."""

    files: dict[str, Entry]
    conflicts: dict[str, Stages] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()  # the user deleted them, and the template changed them

    def kept(self, ours: Files) -> dict[str, Entry]:
        """Return the files with the user's own wherever there is a conflict."""
        files = {path: entry for path, entry in self.files.items() if path not in self.conflicts}
        return files | {path: ours[path] for path in self.conflicts if path in ours}


def merge(base: Files, ours: Files, theirs: Files, label: str, scratch: Scratch) -> Merged:
    """Merge what changed from `base` to `theirs` into `ours`.

    Args:
        base: What the template rendered when it was merged last.
        ours: The user's files.
        theirs: What the template renders now.
        label: What the template is called between conflict marks.
        scratch: Where it happens.
    """
    in_the_way = _in_the_way(base, ours, theirs)
    left = {path: entry for path, entry in base.items() if path not in in_the_way}
    right = {path: entry for path, entry in theirs.items() if path not in in_the_way}
    left, right = line_ends.like(ours, (left, right), scratch)
    said = scratch.merge_tree(scratch.tree(left), scratch.tree(ours), scratch.tree(right), label)
    tree, conflicts, messages = _parse(said)
    files = scratch.files(tree)
    left_out = _left_out(conflicts, messages)
    for path in left_out:
        files.pop(path, None)
        del conflicts[path]
    for path in in_the_way:
        if base.get(path) != theirs.get(path):
            conflicts[path] = _stages(path, base, ours, theirs)
    _restore(files, conflicts, left, ours, right)
    return Merged(files, conflicts, tuple(sorted(left_out)))


def _in_the_way(base: Files, ours: Files, theirs: Files) -> frozenset[str]:
    """Return the template's files whose place the user gave to something else: a folder, a link, a submodule."""
    mine = {path: entry for path, entry in ours.items() if base.get(path) != entry}
    folders = {parent for path in mine for parent in _parents(path)}
    return frozenset(
        path
        for path in {*base, *theirs}
        if path in folders
        or any(parent in mine for parent in _parents(path))
        or (path in mine and _kind(mine[path]) != _kind(theirs.get(path) or base[path]))
    )


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def _kind(entry: Entry) -> str:
    return entry.mode[:3]


def _stages(path: str, *sides: Files) -> Stages:
    return {number: side[path] for number, side in enumerate(sides, start=1) if path in side}


def _parse(said: bytes) -> tuple[str, dict[str, Stages], list[tuple[list[str], str]]]:
    """Read the output of `git merge-tree --write-tree -z`: tree, files in conflict, messages by kind."""
    tokens = said.split(b"\0")
    tree, conflicts, messages = tokens[0].decode(), {}, []
    at = 1
    while at < len(tokens) and tokens[at]:
        facts, _, path = tokens[at].partition(b"\t")
        mode, oid, stage = facts.decode().split(" ")
        conflicts.setdefault(os.fsdecode(path), {})[int(stage)] = Entry(mode, oid)
        at += 1
    at += 1
    while at < len(tokens) and tokens[at].strip():
        count = int(tokens[at])
        paths = [os.fsdecode(path) for path in tokens[at + 1 : at + 1 + count]]
        messages.append((paths, tokens[at + 1 + count].decode()))
        at += 3 + count
    return tree, conflicts, messages


def _left_out(conflicts: dict[str, Stages], messages: list[tuple[list[str], str]]) -> set[str]:
    """Return the files that the user deleted and the template changed or moved: they stay deleted."""
    kinds: dict[str, set[str]] = {}
    for paths, kind in messages:
        if kind.startswith("CONFLICT"):
            for path in paths:
                kinds.setdefault(path, set()).add(kind)
    return {path for path, stages in conflicts.items() if 2 not in stages and kinds.get(path, set()) <= _DELETIONS}


def _restore(files: dict[str, Entry], conflicts: dict[str, Stages], base: Files, ours: Files, theirs: Files) -> None:
    """Bring back what the user changed and the merge left nowhere, and say that it is in conflict."""
    moved = {entry.oid for path, entry in files.items() if path not in conflicts}
    for path, entry in ours.items():
        if path in files or path in conflicts or base.get(path) == entry or entry.oid in moved:
            continue
        if path in base and path not in theirs and _followed(base, theirs, files, conflicts):
            continue
        files[path] = entry
        conflicts[path] = _stages(path, base, ours, theirs)


def _followed(base: Files, theirs: Files, files: Files, conflicts: Mapping[str, Stages]) -> bool:
    """Tell whether the template moved a file and the user's changes went along: a new file unlike its own."""
    fresh = (new for new in theirs if new not in base and new in files and new not in conflicts)
    return any(files[new] != theirs[new] for new in fresh)
