"""The first lines of a text table: comments above the header, and names that cannot be a header's."""

import math
from collections.abc import Sequence
from itertools import takewhile

from modelyard.data.load.table import duplicate
from modelyard.errors import RequestError


def comment_lines(text: str, delimiters: str) -> int:
    """Count the leading lines that begin with `#`, but for one that names as many columns as follow."""
    count = sum(1 for _ in takewhile(lambda line: line.startswith("#"), text.split("\n")))
    if not count:
        return 0
    *_, last, below = text.split("\n", count + 1)[: count + 1]
    is_header = any(1 < last.count(mark) + 1 == below.count(mark) + 1 for mark in delimiters)
    return count - is_header


def check_names(names: Sequence[str], source: str) -> None:
    """Refuse a header that names two columns alike, or that is a row of numbers.

    Raises:
        RequestError: It is such a header.
    """
    if len(names) > 1 and all(_is_number(name) for name in names) and not _are_counted(names):
        raise RequestError(
            f"The first line of {source} holds numbers, not the names of columns.",
            "Add a first line that names each column.",
            code="no_header",
        )
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise duplicate(source, name)
        seen.add(name)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _are_counted(names: Sequence[str]) -> bool:
    """Say whether the names are whole, distinct numbers, such as 0, 1, 2 or years."""
    return all(name.strip().isdigit() for name in names) and len(set(names)) == len(names)
