"""Markdown for GitHub: texts that fit, fences that nothing inside can close, and marks that only we read."""

import re

from modelyard.errors import RequestError

LIMIT = 65_536  # characters that a body may have (the API answers 422 beyond)
_MARK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def mark(name: str) -> str:
    """Return the hidden line by which a comment or an issue is found again.

    Raises:
        RequestError: The name holds what could end the line.
    """
    if not _MARK.fullmatch(name):
        raise RequestError(
            f"{name!r} cannot mark a comment.", "Use up to 64 letters, digits, dots and hyphens.", code="bad_marker"
        )
    return f"<!-- modelyard:{name} -->"


def fitting(text: str, more: str, limit: int = LIMIT) -> str:
    """Return the text, cut at a line where it is too long; `more` then says where the rest is."""
    if len(text) <= limit:
        return text
    room = limit - len(more) - 16
    kept = text[:room].rpartition("\n")[0] or text[:room]
    return f"{kept}\n{_open_ends(kept)}\n{more}"


def fenced(text: str, language: str = "") -> str:
    """Return a block of code that shows the text as it is."""
    ticks = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def code(text: str) -> str:
    """Return a name as code on one line, whatever it holds."""
    flat = " ".join(text.split()).replace("|", "\\|")
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    space = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{space}{flat}{space}{ticks}"


def _open_ends(kept: str) -> str:
    """Return what closes a fence and the folds that a cut left open."""
    fence = ""
    for line in kept.splitlines():
        found = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if found is None:
            continue
        if not fence:
            fence = found.group(1)
        elif line.strip() == line.strip()[0] * len(line.strip()) and found.group(1).startswith(fence):
            fence = ""
    folds = kept.count("<details") - kept.count("</details>")
    return fence + "\n</details>" * max(folds, 0)
