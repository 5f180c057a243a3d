"""Finds the encoding of a text file; what is not plain UTF-8 is rewritten so, block by block."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from modelyard.data.load.spool import write
from modelyard.errors import RequestError

_BLOCK = 4 * 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1a\x1b") | {127}


def decoded(path: Path, source: str) -> Path:
    """Return a file with the same text in UTF-8: `path` itself where it is that already.

    Raises:
        RequestError: The content is no text.
    """
    with path.open("rb") as file:
        beginning = file.read(_BLOCK)
    if not beginning.strip():
        raise RequestError(f"{source} is empty.", "Give a table with a header and rows.", code="empty_file")
    encoding = _encoding(path, beginning, source)
    old_lines = b"\n" not in beginning and b"\r" in beginning and not encoding.startswith(("utf-16", "utf-32"))
    if encoding == "utf-8" and not old_lines:
        return path
    return write(_recoded(path, encoding, source, old_lines=old_lines), ".csv")


def _read(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def _encoding(path: Path, beginning: bytes, source: str) -> str:
    for mark, name in _MARKS:
        if beginning.startswith(mark):
            return name
    sides = (beginning[:2000][0::2].count(0), beginning[:2000][1::2].count(0))
    half = max(1, min(len(beginning), 2000) // 2)
    if max(sides) > 0.7 * half and min(sides) < 0.1 * half:
        return "utf-16-be" if sides[0] > sides[1] else "utf-16-le"
    if sum(beginning.count(code) for code in _CONTROLS) > 0.001 * len(beginning) or b"\0" in beginning:
        raise RequestError(
            f"{source} is not text (binary content).",
            "Give CSV, TSV, Parquet, JSON lines or Arrow.",
            code="unreadable_data",
        )
    return next((name for name in ("utf-8", "cp1252") if _decodes(path, name)), "latin-1")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            for block in _read(file):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _recoded(path: Path, encoding: str, source: str, *, old_lines: bool) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            for block in _read(file):
                text = decoder.decode(block)
                yield (text.replace("\r", "\n") if old_lines else text).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")
    except UnicodeDecodeError as error:
        raise RequestError(
            f"{source} is not {encoding} throughout: byte {error.start} of a block is not.",
            "Save it as UTF-8.",
            code="unreadable_data",
        ) from error
