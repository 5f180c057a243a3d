"""Brings an update of the template to people: a branch and one pull request, or one issue with the commands."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from modelyard.errors import RequestError
from modelyard.github import markdown, proposal, update_file
from modelyard.github.connection import Connection, Note, connect
from modelyard.github.gitwork import Git
from modelyard.github.update_file import Update
from modelyard.record import Record

if TYPE_CHECKING:
    from github.Issue import Issue
    from github.PullRequest import PullRequest

PULLS, ISSUES = "Pull requests: write", "Issues: write"
LABEL = "modelyard-update"
Change = Literal["create", "update", "none", "close", "skipped"]


class ProposeResult(Record):
    """What `modelyard github propose` says. `pushed`: the branch moved. `reason` tells what was left undone."""

    repository: str
    kind: Literal["pull", "issue"]
    change: Change
    number: int | None = None
    url: str | None = None
    branch: str | None = None
    pushed: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Wanted:
    """Which update to bring where; `base` is the branch that it is for."""

    repository: str
    file: Path
    root: Path
    base: str = "main"
    as_issue: bool = False


def propose(wanted: Wanted, note: Note = str) -> ProposeResult:
    """Open or update the pull request (or the issue) of an update; without one, close what is open of an older one.

    Raises:
        RequestError: The file is no update, or names a branch that is not here.
        OutsideError: GitHub or git refuses.
    """
    update = update_file.read(wanted.file)
    connection = connect(note)
    if wanted.as_issue:
        return _issue(connection, wanted, update)
    if not update.waits:
        reason = f"the template is at {update.to}: nothing changes"
        return ProposeResult(repository=wanted.repository, kind="pull", change="skipped", reason=reason)
    return _pull(connection, wanted, update)


def _pull(connection: Connection, wanted: Wanted, update: Update) -> ProposeResult:
    if not update.branch:
        hint = "Make it with `modelyard update --branch NAME --json`, or add --issue."
        raise RequestError(f"The update in {wanted.file} lies on no branch.", hint, code="no_branch")
    pushed, kept = _push(Git(wanted.root, connection.credentials), update.branch)
    repo, what = connection.repository(wanted.repository), f"open a pull request in {wanted.repository}"
    owner = wanted.repository.partition("/")[0]
    head = f"{owner}:{update.branch}"
    found = connection.ask(lambda: list(repo.get_pulls(state="open", head=head, base=wanted.base)), what, PULLS)
    title, body = proposal.title(update), proposal.pull_body(update, kept)
    done = ProposeResult(
        repository=wanted.repository, kind="pull", change="create", branch=update.branch, pushed=pushed, reason=kept
    )
    if not found:
        call = partial(repo.create_pull, base=wanted.base, head=update.branch, title=title, body=body)
        return _with(done, "create", connection.ask(call, what, PULLS, once=True))
    if _says(found[0], title, body):
        return _with(done, "none", found[0])
    connection.ask(lambda: found[0].edit(title=title, body=body), what, PULLS)
    return _with(done, "update", found[0])


def _push(git: Git, branch: str) -> tuple[bool, str | None]:
    """Push the branch; one on which people have worked since is left to them. Returns whether it moved, and why not."""
    here = git.sha(f"refs/heads/{branch}")
    if here is None:
        raise RequestError(
            f"There is no branch {branch!r} here.", f"`modelyard update --branch {branch}` makes it.", code="no_branch"
        )
    there = git.there(branch)
    if there == here:
        return False, None
    if there is not None:
        git.fetch(there)
        base = git.sha(f"{here}^") or here
        if not git.authors(there, base) <= git.authors(here, base):
            return False, "People have committed to this branch, so it was left as it is: merge it or delete it first."
        if _same(git, here, there):
            return False, None
    git.push(branch, here, there)
    return True, None


def _same(git: Git, here: str, there: str) -> bool:
    """Say whether two commits hold the same files on the same parents: only their dates differ."""
    shape = [git.said("show", "--no-patch", "--format=%T %P", commit) for commit in (here, there)]
    return shape[0] == shape[1]


def _issue(connection: Connection, wanted: Wanted, update: Update) -> ProposeResult:
    repo, what = connection.repository(wanted.repository), f"open an issue in {wanted.repository}"
    listed = connection.ask(lambda: list(repo.get_issues(state="open", labels=[LABEL])), what, ISSUES)
    hidden = markdown.mark(proposal.MARK)
    ours = [each for each in listed if each.pull_request is None and (each.body or "").startswith(hidden)]
    done = ProposeResult(repository=wanted.repository, kind="issue", change="create", branch=update.branch)
    if not update.waits:
        return _closed(connection, done, update, ours)
    title, body = proposal.title(update), proposal.issue_body(update)
    if not ours:
        call = partial(repo.create_issue, title=title, body=body, labels=[LABEL])
        return _with(done, "create", connection.ask(call, what, ISSUES, once=True))
    if _says(ours[0], title, body):
        return _with(done, "none", ours[0])
    connection.ask(lambda: ours[0].edit(title=title, body=body), what, ISSUES)
    return _with(done, "update", ours[0])


def _closed(connection: Connection, done: ProposeResult, update: Update, ours: "list[Issue]") -> ProposeResult:
    done = done.model_copy(update={"reason": f"the template is at {update.to}: nothing changes"})
    if not ours:
        return done.model_copy(update={"change": "skipped"})
    what = f"close issue {ours[0].number} of {done.repository}"
    connection.ask(lambda: ours[0].edit(state="closed", state_reason="completed"), what, ISSUES)
    return _with(done, "close", ours[0])


def _says(known: "PullRequest | Issue", title: str, body: str) -> bool:
    return known.title == title and (known.body or "").replace("\r\n", "\n").rstrip() == body.rstrip()


def _with(done: ProposeResult, change: Change, found: "PullRequest | Issue") -> ProposeResult:
    return done.model_copy(update={"change": change, "number": found.number, "url": found.html_url})
