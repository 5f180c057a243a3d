"""The rows that go into a new repository: the table itself where it is small, and a sample for tests."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from modelyard.data.load.database import sqlite

COMMIT_LIMIT = 10_000_000  # bytes of Parquet that a git repository is asked to carry
_PROBE_ROWS = 20_000
_URI = re.compile(r"^[a-z][a-z0-9+.-]+:", re.IGNORECASE)


@dataclass(frozen=True)
class Rows:
    """The typed rows of a table, without the columns that stay outside the repository."""

    frame: pl.LazyFrame
    count: int
    target: str
    classes: bool  # whether the target's values are classes, each of which a sample has to show


@dataclass(frozen=True)
class Placed:
    """Where the rows of a project are: `source` for modelyard.yaml, and the size of the sample."""

    source: str
    committed: bool
    sample: str
    sample_rows: int


def place(rows: Rows, *, name: str, given: str, workshop: Path, final: Path) -> Placed:
    """Write the sample, and the table if it is at most 10 MB as Parquet, below `data` in the workshop.

    Args:
        rows: What to write.
        name: What the table's file is called.
        given: The source as the user named it, credentials removed.
        workshop: The project while it is built.
        final: The project's folder once it is there; a source outside is named as seen from it.
    """
    from modelyard.scaffold.sample import sample

    (workshop / "data").mkdir(exist_ok=True)
    table = workshop / "data" / f"{name}.parquet"
    committed = _commit(rows, table)
    frame = pl.scan_parquet(table) if committed else rows.frame
    chosen = sample(frame, rows.target, classes=rows.classes)
    chosen.write_parquet(workshop / "data/sample.parquet", compression="zstd")
    source = f"data/{table.name}" if committed else _as_seen_from(final, given)
    return Placed(source, committed, "data/sample.parquet", chosen.height)


def public(source: str) -> str:
    """Return a name of `source` that may be committed: a URI, or a file's own name without its folders."""
    if (file := sqlite.path_of(source)) is not None:
        return f"sqlite:{Path(file).name}"
    return source if _URI.match(source) else Path(source).name or source


def _commit(rows: Rows, to: Path) -> bool:
    """Write the whole table, unless a look at its head, or the file itself, says that it is too large."""
    probe = rows.frame.head(_PROBE_ROWS).collect(engine="streaming")
    probe.write_parquet(to, compression="zstd")
    if rows.count > _PROBE_ROWS:
        if to.stat().st_size * rows.count / _PROBE_ROWS > 3 * COMMIT_LIMIT:
            to.unlink()
            return False
        rows.frame.sink_parquet(to, compression="zstd")
    if to.stat().st_size > COMMIT_LIMIT:
        to.unlink()
        return False
    return True


def _as_seen_from(project: Path, given: str) -> str:
    """Return a URI as it is, a path relative to the project: an absolute one tells whose machine this was."""
    if (file := sqlite.path_of(given)) is not None:
        return f"sqlite:{_relative(file, project)}"
    return given if _URI.match(given) else _relative(given, project)


def _relative(given: str, project: Path) -> str:
    return Path(os.path.relpath(Path(given).expanduser().absolute(), project)).as_posix()
