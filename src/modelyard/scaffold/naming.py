"""Turns the name of a folder into the name of a project."""

import re
import unicodedata
from pathlib import Path

_FALLBACK = "project"
_LONGEST = 63
# A project named like one of its own dependencies cannot be resolved.
_TAKEN = frozenset({"hatchling", "pre-commit", "pytest", "ruff", "ty", "uv", "modelyard"})
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l"})


def slug(directory: Path) -> str:
    """Return the folder's name in the letters `a-z0-9-`, beginning with a letter, at most 63 long."""
    plain = unicodedata.normalize("NFKD", directory.name.casefold().translate(_LETTERS))
    ascii_only = plain.encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    if name and name[0].isdigit():
        name = f"{_FALLBACK}-{name}"
    name = name[:_LONGEST].rstrip("-") or _FALLBACK
    return f"{name[: _LONGEST - 6].rstrip('-')}-model" if _is_taken(name) else name


def _is_taken(name: str) -> bool:
    return name in _TAKEN or (_is_installed(name) and name in _dependencies())


def _is_installed(name: str) -> bool:
    from importlib import metadata

    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _dependencies() -> frozenset[str]:
    """Return what modelyard depends on, directly or through others, as far as it is installed here."""
    from importlib import metadata

    seen: set[str] = set()
    waiting = ["modelyard"]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        waiting += [re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", line, maxsplit=1)[0]).lower() for line in required]
    return frozenset(seen)
