"""Merges the small files of a date. No row is lost or read twice at any moment, wherever it is killed.

A merged file names its parts and is written before any of them is deleted; who reads skips parts that it has seen.
"""

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date

import polars as pl

from modelyard.capture import keys
from modelyard.capture.content import PARTS
from modelyard.capture.read import Found, files, listed
from modelyard.data.store import Store
from modelyard.record import Record

_MOST_ROWS = 250_000
_MOST_BYTES = 64 * 2**20
_FULL = 0.5  # a file of this share of the limit stays as it is


class Compacted(Record):
    """What was merged.

    Attributes:
        merged: Files that were made.
        removed: Files that they replace.
        rows: In the files that were made.
    """

    merged: int = 0
    removed: int = 0
    rows: int = 0


def compact(store: Store, day: date | None) -> Compacted:
    """Merge the small files of a date (None: the folder of several dates), per version.

    May run beside servers, readers and other merges, and be killed: running it again completes it.

    Raises:
        OutsideError: The store, or a file in it, cannot be read or written.
    """
    there = {key.key for key in listed(store) if key.day == day}
    merged = removed = rows = 0
    for group in _groups(store, day):
        made = _merge(store, day, group) if len(group) > 1 else 0
        merged += made > 0
        rows += made
        removed += _remove(store, there, group, made=made > 0)
    return Compacted(merged=merged, removed=removed, rows=rows)


def _groups(store: Store, day: date | None) -> Iterator[list[Found]]:
    """Yield files that belong together: of one version and one schema, not too large together."""
    open_groups: dict[tuple[str, str], list[Found]] = {}
    for found in files(store, lambda key: key.day == day):
        if _is_full(found):
            yield [found]
            continue
        kind = found.kind
        group = open_groups.setdefault(kind, [])
        if not _fits([*group, found]):
            yield group
            group = open_groups[kind] = []
        group.append(found)
    yield from open_groups.values()


def _is_full(found: Found) -> bool:
    return found.content.rows >= _FULL * _MOST_ROWS or len(found.content.data) >= _FULL * _MOST_BYTES


def _fits(group: list[Found]) -> bool:
    rows = sum(found.content.rows for found in group)
    return rows <= _MOST_ROWS and sum(len(found.content.data) for found in group) <= _MOST_BYTES


def _merge(store: Store, day: date | None, group: list[Found]) -> int:
    """Write the file that stands for a group; return its rows."""
    # a merged file that is replaced is named too, without rows: who has it in a list finds it replaced
    parts = [part for found in group for part in found.parts] + [(f.key.key, 0) for f in group if f.key.merged]
    rows = pl.concat([found.frame() for found in group])
    file = io.BytesIO()
    rows.write_parquet(file, compression="zstd", metadata={PARTS: json.dumps(parts)})
    mark = hashlib.sha256(json.dumps(sorted(parts)).encode()).hexdigest()[:12]
    closed = max(found.key.closed for found in group)
    store.put(keys.merged(day or keys.MIXED, group[0].key.short, mark, closed), file.getvalue())
    return rows.height


def _remove(store: Store, there: set[str], group: list[Found], *, made: bool) -> int:
    """Delete what another file stands for now; return how many there were."""
    replaced = {name for found in group for name in found.content.stands_for if name != found.key.key} & there
    if made:
        replaced |= {found.key.key for found in group}
    replaced |= {found.key.key for found in group if not found.fresh}
    for name in replaced:
        store.delete(name)
    return len(replaced)
