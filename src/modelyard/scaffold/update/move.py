"""What is left to do once an update has been worked out: written down, so that another run can do it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelyard.scaffold.update.repository import Entry

JOURNAL = "journal.json"

Line = tuple[str, str | None, str | None, str | None, str | None]  # path, mode and oid before, mode and oid after


@dataclass(frozen=True)
class Move:
    """Everything that is left to do once all objects are in the repository."""

    head: str
    files: list[Line]
    index: list[tuple[str, str, int, str]]  # mode, oid, stage, path
    refs: list[tuple[str, str, str]]  # name, from, to; an empty `from` where there is none yet
    merge: dict[str, str] = field(default_factory=dict)  # files of git that say that a merge is under way
    answer: dict[str, Any] = field(default_factory=dict)  # what the command tells, should another run finish it


def lines(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[Line]:
    """Return the files that differ."""
    paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    nothing = (None, None)
    return [(path, *(before.get(path) or nothing), *(after.get(path) or nothing)) for path in paths]


def write_down(work: Path, move: Move) -> None:
    """Keep what is to be done, safely on disk."""
    draft = work / f"{JOURNAL}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(vars(move), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(work / JOURNAL)


def unfinished(work: Path) -> Move | None:
    """Return what a killed run wrote down, if anything."""
    try:
        kept = json.loads((work / JOURNAL).read_bytes())
    except (OSError, ValueError):  # cut off by the kill: nothing was begun then
        return None
    return Move(**{name: _tuples(value) for name, value in kept.items()})


def _tuples(value: object) -> Any:  # noqa: ANN401 - JSON knows no tuples
    return [tuple(part) for part in value] if isinstance(value, list) else value
