"""Tells by its first bytes what kind of table a file is; the extension only decides where bytes cannot."""

from pathlib import Path

from modelyard.data.load.table import Format
from modelyard.errors import RequestError

_BEGINNING = 4096
_TYPED: tuple[tuple[bytes, Format], ...] = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow"),
)
_PACKED: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
)
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x7fELF", "a program"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"FEA1", "a Feather file of version 1"),
    (b"\x80\x04\x95", "a Python pickle"),
)
_PAGES = (b"<!doctype html", b"<html")
_JSON_ENDINGS = {".jsonl", ".ndjson", ".json"}


def detect(path: Path, source: str) -> Format:
    """Return the format of the file at `path`, which messages call `source`.

    Raises:
        RequestError: The content is a known format that is no table.
    """
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    for mark, kind in _TYPED:
        if beginning.startswith(mark):
            return kind
    _refuse(beginning, source)
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.lower().startswith(_PAGES):
        raise _foreign(source, "a web page")
    ending = path.suffix.lower()
    if ending in {".parquet", ".pq", ".arrow", ".feather", ".ipc"}:
        raise RequestError(
            f"{source} is named {ending}, but its content is not that.", "Check that the file is whole.",
            code="unreadable_data",
        )  # fmt: skip
    if text[:1] == b"{" or (text[:1] == b"[" and ending in _JSON_ENDINGS):
        return "jsonl"
    return "csv"


def _refuse(beginning: bytes, source: str) -> None:
    for marks, first in ((_PACKED, "Unpack it first. "), (_FOREIGN, "")):
        what = next((what for mark, what in marks if beginning.startswith(mark)), None)
        if what is not None:
            raise _foreign(source, what, first)


def _foreign(source: str, what: str, first: str = "") -> RequestError:
    return RequestError(
        f"{source} is {what}, not a table that can be read.",
        f"{first}Give CSV, TSV, Parquet, JSON lines or Arrow.",
        code="unreadable_data",
    )
