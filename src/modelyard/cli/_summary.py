"""Tells the run of a workflow what a command did: a Markdown section in the file that MODELYARD_SUMMARY names.

A summary that cannot be written is a note on stderr and changes nothing else. Secrets of the environment and the
passwords of addresses never reach the file.
"""

import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.evaluation.results import GateResult

VARIABLE = "MODELYARD_SUMMARY"
_SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL|(^|_)KEY($|_)", re.IGNORECASE)
_LEAST_SECRET = 6  # characters; a shorter value would blacken ordinary words
_LONG = 25  # lines; more are folded away
_MOST = 30_000  # characters of one section: GitHub takes 65,536 in a comment, 1 MiB in a step's summary
_command: list[str] = []  # what this process was asked to do; one process runs one command


def begin(arguments: Sequence[str]) -> None:
    """Remember what was asked, for the heading of what follows."""
    _command[:] = arguments


def of_result(result: object, text: Callable[[Any], str], error: ModelyardError | None = None) -> None:
    """Append what a command found, and why that is not what was asked for, if so."""
    _append(lambda: [_heading(error), *_reason(error), *_result(result, text)])


def of_error(error: ModelyardError) -> None:
    """Append why a command found nothing."""
    _append(lambda: [_heading(error), *_reason(error)])


def _append(parts: Callable[[], list[str]]) -> None:
    name = os.environ.get(VARIABLE)
    if not name:
        return
    try:
        section = _plain("\n\n".join(parts()))[:_MOST]
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(f"{section}\n\n")
    except Exception as error:  # whatever it is: the command itself is done
        sys.stderr.write(f"note: no summary in {name}: {type(error).__name__}: {_plain(str(error))}\n")


def _heading(error: ModelyardError | None) -> str:
    words = " ".join(["modelyard", *_arguments()]).replace("`", "'")
    sign = "❌" if error is not None else "✅"
    outcome = "" if error is None else f" (exit code {error.exit_code}, {error.code})"
    return f"### {sign} `{words}`{outcome}"


def _arguments() -> list[str]:
    """Return the arguments without the value of an option that is a secret by its name."""
    shown = []
    for before, word in zip(["", *_command], _command, strict=False):
        hidden = before.startswith("--") and "=" not in before and _SECRET.search(before.replace("-", "_"))
        name, equals, _ = word.partition("=")
        named = equals and name.startswith("--") and _SECRET.search(name.replace("-", "_"))
        shown.append("***" if hidden else f"{name}=***" if named else " ".join(word.split()))
    return shown


def _reason(error: ModelyardError | None) -> list[str]:
    if error is None:
        return []
    return [_fenced(error.message + (f"\nnext: {error.hint}" if error.hint else ""))]


def _result(result: object, text: Callable[[Any], str]) -> list[str]:
    """Return the command's own words; a gate shows its tables, with the rest folded below them."""
    words, gate = text(result), getattr(result, "gate", None)
    if gate is not None:
        return [_gate(gate), _folded(words)]
    if words.count("\n") < _LONG:
        return [_fenced(words)] if words.strip() else []
    head = words.strip().partition("\n\n")[0]  # the table of what is most asked for, if it is short
    return [*([_fenced(head)] if head.count("\n") < _LONG else []), _folded(words)]


def _gate(gate: "GateResult") -> str:
    from modelyard.evaluation.gate import markdown

    return markdown(gate).replace("### ", "#### ", 1).rstrip()


def _folded(text: str) -> str:
    return f"<details><summary>Output</summary>\n\n{_fenced(text)}\n\n</details>"


def _fenced(text: str) -> str:
    """Quote words of data and of other programs, so that they are no Markdown and mention nobody."""
    body = text.rstrip()
    if len(body) > _MOST // 2:
        body = f"{body[: _MOST // 2]}\n... ({len(body):,} characters in all)"
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", body)), default=0))
    return f"{fence}text\n{body}\n{fence}"


def _plain(text: str) -> str:
    """Take out what must not be read by everybody who sees a pull request."""
    for name, value in os.environ.items():
        if len(value) >= _LEAST_SECRET and _SECRET.search(name):
            text = text.replace(value, "***")
    return re.sub(r"://[^/@\s]+@", "://", text)
