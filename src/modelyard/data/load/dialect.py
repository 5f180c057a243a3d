"""Finds how a text table is written: its delimiter, its header, and where the rows begin."""

import csv
import io
import itertools
from dataclasses import dataclass, replace
from pathlib import Path

from modelyard.data.load.header import comment_lines
from modelyard.errors import RequestError

_DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 512 * 1024
_SAMPLE_ROWS = 300
CELL_LIMIT = 16 * 2**20
"""Characters of one value beyond which a file is no table (also what the csv module is told)."""


@dataclass(frozen=True)
class Dialect:
    """A delimiter, the header's names, and how many lines the header (and what precedes it) takes."""

    delimiter: str
    names: tuple[str, ...]
    header_lines: int

    def plain(self) -> "Dialect":
        """Return the dialect that `rewritten` writes: no header, commas."""
        return replace(self, delimiter=",", header_lines=0)


def find_dialect(path: Path, source: str) -> Dialect:
    """Find the dialect of a UTF-8 file.

    Raises:
        RequestError: The header is longer than a header can be.
    """
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read(_SAMPLE_CHARS)
        whole = not file.read(1)
    if "\n" not in text and not whole:
        raise RequestError(
            f"{source}: the first line has more than {_SAMPLE_CHARS:,} characters.",
            "Give a table whose first line names the columns.",
            code="unreadable_data",
        )
    csv.field_size_limit(CELL_LIMIT)  # the module's own is 131,072 characters
    comments = comment_lines(text, _DELIMITERS)
    text = text.split("\n", comments)[-1]
    delimiter = max(_DELIMITERS, key=lambda mark: _score(text, mark, whole=whole, tab=path.suffix == ".tsv"))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = next((row for row in reader if row), None) if text.strip() else None
    if names is None:
        raise RequestError(f"{source} is empty.", "Give a table with a header and rows.", code="empty_file")
    header = reader.line_num + _blank(text, reader.line_num, len(names))
    return Dialect(delimiter, tuple(names), comments + header)


def _blank(text: str, header_lines: int, width: int) -> int:
    """Count the blank lines below the header: polars would take the first for the shape of all rows."""
    if width == 1:
        return 0
    below = itertools.islice(io.StringIO(text, newline=None), header_lines, None)
    return sum(1 for _ in itertools.takewhile(lambda line: line == "\n", below))


def _score(text: str, delimiter: str, *, whole: bool, tab: bool) -> tuple[float, int, bool]:
    """Rate a delimiter: one that splits the header, then one that splits the rows, then one in no row."""
    counts = _lengths(text, delimiter, whole=whole)
    header, rows = counts[0], counts[1:] or counts[:1]
    same = rows.count(header) / len(rows)
    usual = max(set(rows), key=rows.count)
    alike = rows.count(usual) / len(rows)
    if header > 1 and (usual > 1 or same >= 0.5):
        return (2.0 + same, header, tab and delimiter == "\t")
    if usual > 1 and len(rows) > 1 and alike >= 0.9:
        return (1.0 + alike, usual, False)  # below a title, which must not turn the table into one column
    return (same if header == 1 else 0.0, 1, False)


def _lengths(text: str, delimiter: str, *, whole: bool) -> list[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        counts = [len(row) for row in itertools.islice(reader, _SAMPLE_ROWS) if row]
    except csv.Error:
        return [1]
    cut = not whole and len(counts) < _SAMPLE_ROWS and len(counts) > 1
    return counts[:-1] if cut else counts or [1]
