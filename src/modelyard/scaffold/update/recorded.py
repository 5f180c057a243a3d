"""`.copier-answers.yml`: what a repository was made from, read strictly and changed without touching the rest."""

import re
from dataclasses import dataclass
from typing import Any

import yaml
from packaging.version import InvalidVersion, Version

from modelyard.errors import RequestError

FILE = ".copier-answers.yml"
KEPT = "_kept"  # files that were there before modelyard: an update leaves them alone
_SOURCE = "modelyard:"


@dataclass(frozen=True)
class Recorded:
    """What the file says."""

    template: str
    version: str
    answers: dict[str, Any]
    kept: frozenset[str]
    text: str


def read(text: bytes) -> Recorded:
    """Parse the file.

    Raises:
        RequestError: It is no YAML, or not what modelyard writes.
    """
    document = _load(text)
    source, version = document.get("_src_path"), document.get("_commit")
    if not isinstance(source, str) or not re.fullmatch(_SOURCE + "[a-z][a-z0-9_-]*", source):
        raise RequestError(
            f"{FILE} says that this comes from {source!r}, which is no template of modelyard.",
            "Bring `_src_path: modelyard:TEMPLATE` back if it was changed by hand (`git log -p` shows what it was).",
            code="other_template",
        )
    kept = document.get(KEPT) or []
    if not isinstance(kept, list) or not all(isinstance(name, str) for name in kept):
        raise _wrong(f"`{KEPT}` is {kept!r}, not a list of files")
    answers = {name: value for name, value in document.items() if not name.startswith("_")}
    _refuse_no_version(version)
    return Recorded(source.removeprefix(_SOURCE), str(version), answers, frozenset(kept), text.decode("utf-8"))


def _load(text: bytes) -> dict[str, Any]:
    try:
        document = yaml.safe_load(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _wrong("it is not UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        raise _wrong(f"{where}{getattr(error, 'problem', None) or 'it is no YAML'}") from error
    if not isinstance(document, dict) or not all(isinstance(name, str) for name in document):
        raise _wrong("it holds no mapping of names to answers")
    return document


def _refuse_no_version(version: object) -> None:
    if isinstance(version, int | float):
        raise _wrong(f"`_commit: {version}` is a number, not a version; put it in quotes")
    try:
        Version(str(version))
    except InvalidVersion as error:
        raise _wrong(f"`_commit` is {version!r}, which is no version") from error


def _wrong(what: str) -> RequestError:
    return RequestError(
        f"{FILE} cannot be used: {what}.",
        f"Mend it by hand, or bring the last good one back: `git log -p -- {FILE}`.",
        code="bad_answers",
    )


def fitting(recorded: Recorded, questions: dict[str, Any], known_before: frozenset[str]) -> dict[str, Any]:
    """Return the answers to questions that are still asked.

    Args:
        recorded: What the file says.
        questions: Those of the template to be rendered, as in its copier.yml.
        known_before: Names of the answers when the template was merged last; one that is gone was asked then.

    Raises:
        RequestError: An answer that nobody ever asked for, or one of the wrong type.
    """
    found = {}
    for name, value in recorded.answers.items():
        if name not in questions:
            if name not in known_before:
                raise _wrong(f"`{name}` is no question of the template {recorded.template!r}")
            continue
        _refuse_type(name, value, questions[name])
        found[name] = value
    return found


def _refuse_type(name: str, value: object, question: object) -> None:
    """Refuse what Copier would turn into another value: `3.10` without quotes is the number 3.1."""
    wanted = question.get("type", "str") if isinstance(question, dict) else "str"
    if wanted == "str" and not isinstance(value, str):
        raise _wrong(f"`{name}: {value}` is not text; put it in quotes")


def names(text: bytes) -> frozenset[str]:
    """Return the names of the answers in a file that modelyard wrote."""
    return frozenset(name for name in _load(text) if not name.startswith("_"))


def merged(ours: bytes, rendered: bytes, base: bytes | None) -> bytes:
    """Return `ours` with the values of `rendered`; comments, order and what only we have stay.

    Args:
        ours: The file as the user has it.
        rendered: The file as the new template writes it from the same answers.
        base: The file as the old template wrote it, if known.
    """
    if ours == base:
        return rendered
    new, old = _load(rendered), _load(ours)
    gone = {name for name in old if name not in new and not name.startswith("_") and base and name in _load(base)}
    theirs = dict(_blocks(rendered.decode("utf-8")))
    lines = []
    for name, block in _blocks(ours.decode("utf-8")):
        if name is None or name not in new:
            lines.append("" if name in gone else block)
        else:
            lines.append(block if old[name] == new[name] else theirs[name])
    added = [theirs[name] for name in new if name not in old]
    text = "".join(lines)
    return ("".join([text, "" if text.endswith("\n") or not added else "\n", *added])).encode()


def _blocks(text: str) -> list[tuple[str | None, str]]:
    """Split into (key, its lines) and (None, comments and blanks between keys)."""
    found: list[tuple[str | None, str]] = []
    for line in text.splitlines(keepends=True):
        begins = re.match(r"""(["']?)([^\s#"':-][^"':]*)\1\s*:""", line)
        if begins:
            found.append((begins[2], line))
        elif found and found[-1][0] is not None and re.match(r"[ \t-]", line) and line.strip():
            found[-1] = (found[-1][0], found[-1][1] + line)
        else:
            found.append((None, line))
    return found


def with_kept(rendered: bytes, kept: frozenset[str]) -> bytes:
    """Return the rendered file with the list of files that are left alone."""
    if not kept:
        return rendered
    head = f"# These files were here before modelyard; an update leaves them alone.\n{KEPT}:\n"
    return (
        rendered
        + (head + "".join(f"- {yaml.safe_dump(name, width=1000).splitlines()[0]}\n" for name in sorted(kept))).encode()
    )
