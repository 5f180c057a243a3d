"""One comment per marker on a pull request, changed in place, so that a pull request is told once what it does."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from modelyard.errors import RequestError
from modelyard.github import event, markdown
from modelyard.github.connection import Connection, Note, at, connect
from modelyard.github.failures import RefusedError
from modelyard.record import Record

if TYPE_CHECKING:
    from github.IssueComment import IssueComment

NEEDS = "Pull requests: write"
_FORK = "the pull request comes from a fork"
_MORE = "_The rest did not fit: the summary of the workflow run has all of it._"


class CommentResult(Record):
    """What `modelyard github comment` says. `reason` is filled when nothing was written."""

    repository: str
    pull: int | None = None
    change: Literal["create", "update", "none", "skipped"]
    url: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Wanted:
    """A comment: on which pull request (None: that of the event), marked how, saying what."""

    repository: str
    marker: str
    text: str
    pull: int | None = None
    event: Path | None = None


def body_of(file: Path) -> str:
    """Return what a file wants to say.

    Raises:
        RequestError: It cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "Name a file of Markdown, as MODELYARD_SUMMARY collects it."
        raise RequestError(f"Cannot read {file}: {error}", hint, code="no_file") from error


def comment(wanted: Wanted, note: Note = str) -> CommentResult:
    """Write the comment, or change the one that is there.

    A pull request from a fork gets none: its token may only read, and its code must not speak through ours.

    Raises:
        RequestError: No pull request is named and no event tells one.
        OutsideError: GitHub refuses for another reason than a token that may only read.
    """
    hidden = markdown.mark(wanted.marker)
    payload = event.read(wanted.event)
    told = None if payload is None else event.pull_of(payload)
    if wanted.pull is not None and (told is None or told.number != wanted.pull):
        return _said(wanted, wanted.pull, None, hidden, note)
    if told is None:
        return _without_pull(wanted, in_workflow=payload is not None)
    return _said(wanted, told.number, told.from_fork, hidden, note)


def _said(wanted: Wanted, number: int, from_fork: bool | None, hidden: str, note: Note) -> CommentResult:
    """Write on pull request `number`; whether it is from a fork is asked where the event does not say (None)."""
    if not wanted.text.strip():
        return _skipped(wanted, number, "the file is empty")
    if from_fork:
        return _skipped(wanted, number, _FORK)
    connection = connect(note)
    if from_fork is None and _from_fork(connection, wanted.repository, number):
        return _skipped(wanted, number, _FORK)
    text = markdown.fitting(f"{hidden}\n{wanted.text.strip()}", _MORE)
    try:
        return _written(connection, wanted.repository, number, hidden, text)
    except RefusedError as refusal:
        if not refusal.is_forbidden:
            raise
        return _skipped(wanted, number, f"{refusal.message} {refusal.hint}")


def _without_pull(wanted: Wanted, *, in_workflow: bool) -> CommentResult:
    if in_workflow:
        return _skipped(wanted, None, "the event is no pull request")
    raise RequestError("Which pull request?", "Name it with --pull N.", code="no_pull")


def _skipped(wanted: Wanted, number: int | None, reason: str) -> CommentResult:
    return CommentResult(repository=wanted.repository, pull=number, change="skipped", reason=reason)


def _from_fork(connection: Connection, repository: str, number: int) -> bool:
    what = f"show pull request {number} of {repository}"
    return event.is_fork(connection.get(at(repository, "pulls", number), what, "Pull requests: read"))


def _written(connection: Connection, repository: str, number: int, hidden: str, text: str) -> CommentResult:
    what = f"comment on pull request {number} of {repository}"
    pull = connection.ask(lambda: connection.repository(repository).get_pull(number), what, NEEDS)
    comments = connection.ask(lambda: list(pull.get_issue_comments()), what, NEEDS)
    ours = [each for each in comments if (each.body or "").startswith(hidden)]
    for known in ours:
        if known.body.replace("\r\n", "\n").rstrip() == text.rstrip():
            return _result(repository, number, "none", known)
        if _edited(connection, known, text, what):
            return _result(repository, number, "update", known)
    made = connection.ask(lambda: pull.create_issue_comment(text), what, NEEDS, once=True)
    return _result(repository, number, "create", made)


def _edited(connection: Connection, known: "IssueComment", text: str, what: str) -> bool:
    """Change a comment; one that is gone by now, or somebody else's with our mark, is passed over."""
    try:
        connection.ask(lambda: known.edit(text), what, NEEDS)
    except RefusedError as refusal:
        if refusal.status in {403, 404}:
            return False
        raise
    return True


def _result(
    repository: str, number: int, change: Literal["create", "update", "none"], written: "IssueComment"
) -> CommentResult:
    return CommentResult(repository=repository, pull=number, change=change, url=written.html_url)
