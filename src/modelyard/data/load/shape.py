"""Goes through a text table before polars does: counts rows, finds ragged ones and endless cells."""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from modelyard.data.load.dialect import CELL_LIMIT, Dialect
from modelyard.data.load.spool import write
from modelyard.errors import RequestError

_BLOCK = 16 * 2**20
_TOO_LONG = f"of more than {CELL_LIMIT:,} characters"


@dataclass(frozen=True)
class Shape:
    """How many rows there are, and what polars must be told or checked for."""

    rows: int
    blank_lines: int
    quoted: bool
    empty_last: int = 0


def survey(path: Path, dialect: Dialect, source: str) -> Shape:
    """Check that every row has as many values as the header.

    Raises:
        RequestError: One has not (the first is named), or a cell is larger than a table's cell can be.
    """
    quotes = _quotes(path)
    if not quotes:
        return _survey_plain(path, dialect, source)
    shape, last = _survey_quoted(path, dialect, source)
    if quotes % 2 and _is_open(path, last, dialect):
        raise _endless(source, last, "which never closes")
    return shape


def rewritten(path: Path, dialect: Dialect) -> Path:
    """Write the rows anew with every value quoted, commas between them and no header."""

    def blocks() -> Iterator[bytes]:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, delimiter=dialect.delimiter)
            line = io.StringIO(newline="")
            writer = csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for row in reader:
                if row and reader.line_num > dialect.header_lines:
                    writer.writerow(row)
                if line.tell() > 2**20:
                    yield _taken(line)
            yield _taken(line)

    return write(blocks(), ".csv")


def _taken(line: io.StringIO) -> bytes:
    data = line.getvalue().encode("utf-8")
    line.seek(0)
    line.truncate()
    return data


def _quotes(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b'"') for block in iter(lambda: file.read(_BLOCK), b""))


def _is_open(path: Path, first: int, dialect: Dialect) -> bool:
    """Say whether the record that begins on line `first`, the last one, ends within quotes."""
    with path.open(encoding="utf-8", newline="") as file:
        record = list(itertools.islice(file, first - 1, None))
    try:
        list(csv.reader(record, delimiter=dialect.delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _survey_quoted(path: Path, dialect: Dialect, source: str) -> tuple[Shape, int]:
    """Read every record; return also the line on which the last one begins."""
    width, rows, blank, empty_last = len(dialect.names), 0, 0, 0
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=dialect.delimiter)
        first = before = 0
        try:
            for row in reader:
                first, before = before + 1, reader.line_num
                if reader.line_num <= dialect.header_lines:
                    continue
                if not row:
                    blank += 1
                    continue
                if len(row) != width:
                    raise _ragged(source, first, len(row), width, dialect.delimiter)
                rows += 1
                empty_last += not row[-1]
        except csv.Error as error:
            raise _endless(source, before + 1, _TOO_LONG) from error
    return Shape(rows, blank, quoted=True, empty_last=empty_last), first


def _survey_plain(path: Path, dialect: Dialect, source: str) -> Shape:
    """Count delimiters line by line, which is all there is to a file without quotes."""
    width, line, rows, blank = len(dialect.names), 0, 0, 0
    for block in _whole_lines(path, source):
        lines = pl.Series(block.split(b"\n")[:-1], dtype=pl.Binary).cast(pl.String).str.strip_suffix("\r")
        if line < dialect.header_lines:
            skipped = min(dialect.header_lines - line, len(lines))
            line, lines = line + skipped, lines.slice(skipped)
        found = pl.select(blank=lines == "", width=lines.str.count_matches(dialect.delimiter, literal=True) + 1)
        empty = found["blank"]
        bad = ((found["width"] != width) & ~empty).arg_true()
        if len(bad):
            raise _ragged(source, line + bad[0] + 1, found["width"][bad[0]], width, dialect.delimiter)
        line, rows, blank = line + len(lines), rows + len(lines) - int(empty.sum()), blank + int(empty.sum())
    return Shape(rows, blank, quoted=False)


def _whole_lines(path: Path, source: str) -> Iterator[bytes]:
    """Yield blocks that end with a line end (added at the end of the file where it is absent)."""
    rest, line = b"", 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            end = block.rfind(b"\n") + 1
            if len(rest) + (block.find(b"\n") if end else len(block)) > CELL_LIMIT:
                raise _endless(source, line + 1, _TOO_LONG)
            if end:
                whole = rest + block[:end]
                yield whole
                line += whole.count(b"\n")
                rest = block[end:]
            else:
                rest += block
    if rest:
        yield rest + b"\n"


def _ragged(source: str, line: int, found: int, width: int, delimiter: str) -> RequestError:
    mark = "tab" if delimiter == "\t" else repr(delimiter)
    return RequestError(
        f"{source}: line {line} has {found} values, but the header names {width} columns (delimiter {mark}).",
        "Correct that line; a value that contains the delimiter needs double quotes.",
        code="ragged_rows",
    )


def _endless(source: str, line: int, what: str) -> RequestError:
    return RequestError(
        f"{source}: the row of line {line} has a value {what}.",
        "Take it out, or close its quotes.",
        code="cell_too_large",
    )
