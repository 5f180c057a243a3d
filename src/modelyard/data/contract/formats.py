"""Date formats between strptime, which polars reads, and the JDK patterns that ODCS prescribes."""

import re

_JDK = {
    "%Y": "yyyy",
    "%y": "yy",
    "%m": "MM",
    "%-m": "M",
    "%b": "MMM",
    "%B": "MMMM",
    "%d": "dd",
    "%-d": "d",
    "%j": "DDD",
    "%a": "EEE",
    "%A": "EEEE",
    "%H": "HH",
    "%-H": "H",
    "%I": "hh",
    "%-I": "h",
    "%M": "mm",
    "%S": "ss",
    "%3f": "SSS",
    "%6f": "SSSSSS",
    "%9f": "SSSSSSSSS",
    "%p": "a",
    "%z": "xx",
    "%:z": "xxx",
}
_STRPTIME = {jdk: ours for ours, jdk in _JDK.items()}
_OURS = re.compile(r"%(?:[-:]?[A-Za-z]|\.?\d?f|%)|[^%]+|%")
_THEIRS = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")


def to_jdk(format: str) -> str | None:  # noqa: A002 - the contract's own word
    """Translate a strptime format; None where it would not come back the same, or is no strptime format."""
    if "%" not in format:
        return None
    parts = [_part_to_jdk(part) for part in _OURS.findall(format)]
    joined = "".join(part for part in parts if part is not None)
    return joined if None not in parts and from_jdk(joined) == format else None


def from_jdk(pattern: str) -> str | None:
    """Translate a JDK date pattern; None where a letter has no strptime equal. strptime stays itself."""
    if "%" in pattern:
        return pattern
    parts = [_part_from_jdk(match[0]) for match in _THEIRS.finditer(pattern)]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _part_to_jdk(part: str) -> str | None:
    if part.startswith("%"):
        return _JDK.get(part)
    return re.sub(r"[A-Za-z]+", r"'\g<0>'", part.replace("'", "''"))


def _part_from_jdk(part: str) -> str | None:
    if part == "''":
        return "'"
    if part.startswith("'"):
        return part[1:-1].replace("''", "'") if len(part) > 1 else None
    return _STRPTIME.get(part) if part[0].isalpha() else part
