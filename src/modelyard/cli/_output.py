"""All printing: results to stdout, errors and notes to stderr, `--json` as one document."""

import json
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

from modelyard.cli import _summary
from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from pydantic import BaseModel

Result = TypeVar("Result", bound="BaseModel")


def show(result: Result, text: Callable[[Result], str], *, as_json: bool) -> None:
    """Print a result, as one JSON document or as text."""
    print(_document(result) if as_json else _shown(text(result)))  # noqa: T201
    _summary.of_result(result, text)


def show_failed(result: Result, text: Callable[[Result], str], error: ModelyardError, *, as_json: bool) -> NoReturn:
    """Print a result that is not what was asked for, with the reason, and exit with its code."""
    if as_json:
        print(_document(result, _error(error)))  # noqa: T201
    else:
        print(_shown(text(result)))  # noqa: T201
        _say(error)
    _summary.of_result(result, text, error)
    raise typer.Exit(error.exit_code)


def show_error(error: ModelyardError, *, as_json: bool) -> None:
    """Print an error: its sentence and the next step."""
    if as_json:
        print(_as_json(_error(error)))  # noqa: T201
    else:
        _say(error)
    _summary.of_error(error)


def _say(error: ModelyardError) -> None:
    sys.stderr.write(f"error: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"  next: {error.hint}\n")


def show_traceback(error: ModelyardError) -> None:
    """Print how an error came about; the passwords of addresses stay out."""
    lines = "".join(traceback.format_exception(error))
    sys.stderr.write(re.sub(r"://[^/@\s]+@", "://", lines))


def show_json(document: dict[str, Any]) -> None:
    """Print a document that is JSON by nature."""
    print(_as_json(document, indent=2))  # noqa: T201


def note(text: str) -> None:
    """Say something to the person that is not part of the result."""
    sys.stderr.write(f"{text}\n")


def table(header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    """Lay out rows in columns as wide as their widest cell."""
    cells = [tuple("" if c is None else str(c) for c in row) for row in [header, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells)


def _error(error: ModelyardError) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


def _document(result: "BaseModel", extra: dict[str, Any] | None = None) -> str:
    return _as_json(result.model_dump(mode="json", by_alias=True) | (extra or {}), indent=2)


def _as_json(document: dict[str, Any], indent: int | None = None) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    return text if text == _shown(text) else json.dumps(document, indent=indent)


def _shown(text: str) -> str:
    """Escape what stdout cannot write: letters that its encoding lacks, and bytes of a path that are no text."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
