"""Reads the Prometheus text format, as far as the judge needs it."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_LINE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)\s*(?:\{(?P<labels>.*)\})?\s+(?P<value>\S+)(?:\s+-?\d+)?\s*$", re.ASCII)
_LABEL = re.compile(r'\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)', re.ASCII)
_ESCAPED = re.compile(r"\\(.)")


class Sample(NamedTuple):
    """One number of one series."""

    name: str
    labels: Mapping[str, str]
    value: float


def samples(text: str) -> Iterator[Sample]:
    """Yield the samples of a page.

    Raises:
        ValueError: A line is none of comment, sample, empty; it names the line.
    """
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield _sample(stripped.partition(" # ")[0] if " # {" in stripped else stripped)


def _sample(line: str) -> Sample:
    found = _LINE.match(line)
    if found is None:
        raise ValueError(f"no sample: {line[:80]!r}")
    return Sample(found["name"], _labels(found["labels"] or ""), float(found["value"]))


def _labels(text: str) -> dict[str, str]:
    labels, at = {}, 0
    while at < len(text) and text[at:].strip():
        found = _LABEL.match(text, at)
        if found is None:
            raise ValueError(f"no label: {text[at : at + 80]!r}")
        labels[found[1]] = _ESCAPED.sub(lambda m: "\n" if m[1] == "n" else m[1], found[2])
        at = found.end()
    return labels
