"""Tells an alert in a GitHub issue: one open issue per key, commented on rather than doubled.

Hidden marks in the bodies say which issue is which key's, and which message was written already, so a message
whose answer was lost is found again instead of written twice.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from modelyard.config.alerts import Kind
from modelyard.monitoring.alerts import words
from modelyard.monitoring.alerts.github import Repository
from modelyard.monitoring.alerts.http import UnsentError, refusal, repeat
from modelyard.monitoring.alerts.message import Message, of_kinds
from modelyard.monitoring.alerts.record import Alert, ChannelName

_LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True)
class IssueChannel:
    """The issues of a repository that carry a label."""

    repository: Repository
    label: str
    close: bool = True
    kinds: tuple[Kind, ...] | None = None
    name: ChannelName = "issue"
    tells_end: bool = True

    def wanted(self, alerts: list[Alert]) -> list[Alert]:
        """Return the alerts of its kinds."""
        return of_kinds(alerts, self.kinds)

    def deliver(self, message: Message) -> str:
        """Open an issue, or comment on the open one, and close it where its trouble has ended; return its number."""
        work = self._end if message.ended else self._tell
        return repeat(lambda number: work(message, check=number > 1 or message.unclear), message.patience)

    def _end(self, message: Message, *, check: bool) -> str:
        """Say in the open issue that it is over; one that a person has closed is left alone."""
        issue = self._remembered(message) or self._found(message)
        if issue is None:
            return ""
        number = str(issue["number"])
        self._comment(message, issue, check=check or self.close)  # it may be said already, and only not closed
        if self.close:
            closed = {"state": "closed", "state_reason": "completed"}
            self.repository.change(f"/issues/{number}", closed, message.patience.timeout_s)
        return number

    def _tell(self, message: Message, *, check: bool) -> str:
        issue = self._remembered(message) or self._found(message)
        if issue is None:
            return self._open(message)
        self._comment(message, issue, check=check)
        return str(issue["number"])

    def _comment(self, message: Message, issue: dict[str, Any], *, check: bool) -> None:
        if not (check and self._is_written(message, issue)):
            document = {"body": f"{_body(message)}\n\n{_mark(message.id)}"}
            self.repository.write(f"/issues/{issue['number']}/comments", document, message.patience.timeout_s)

    def _open(self, message: Message) -> str:
        document = {
            "title": words.subject(message.alert, message.project, message.env),
            "body": f"{_body(message)}\n\n{_key_mark(message)}\n{_mark(message.id)}",
            "labels": [self.label],
        }
        made = self.repository.write("/issues", document, message.patience.timeout_s).json()
        return str(made.get("number", "")) if isinstance(made, dict) else ""

    def _remembered(self, message: Message) -> dict[str, Any] | None:
        """Return the issue of the last message, if it is still open."""
        if not message.place.isdecimal():
            return None
        try:
            issue = self.repository.read(f"/issues/{message.place}", message.patience.timeout_s)
        except UnsentError as error:
            answer = refusal(error)
            if answer is not None and answer.status in {301, 404, 410}:  # moved away or deleted
                return None
            raise
        return issue if isinstance(issue, dict) and _is_of(issue, message) else None

    def _found(self, message: Message) -> dict[str, Any] | None:
        """Look through the open issues; GitHub's search would lag behind, their list does not."""
        path = f"/issues?state=open&labels={quote(self.label, safe='')}&sort=created&direction=desc"
        return next((i for i in self.repository.pages(path, message.patience.timeout_s) if _is_of(i, message)), None)

    def _is_written(self, message: Message, issue: dict[str, Any]) -> bool:
        """Say whether an earlier attempt arrived, whose answer was lost."""
        mark = _mark(message.id)
        if mark in str(issue.get("body")):
            return True
        since = (datetime.now(UTC) - _LOOK_BACK).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"/issues/{issue['number']}/comments?since={since}"
        return any(mark in str(c.get("body")) for c in self.repository.pages(path, message.patience.timeout_s))


def _is_of(issue: dict[str, Any], message: Message) -> bool:
    is_issue = "number" in issue and "pull_request" not in issue and issue.get("state") == "open"
    return is_issue and _key_mark(message) in str(issue.get("body"))


def _body(message: Message) -> str:
    return words.markdown(message.alert, message.project, message.env)


def _key_mark(message: Message) -> str:
    """Mark an issue as the key's; hashed, since a key may hold names from the data."""
    name = "\0".join((message.project, message.env, message.alert.key))
    return f"<!-- modelyard-alert {hashlib.sha256(name.encode()).hexdigest()[:32]} -->"


def _mark(message_id: str) -> str:
    return f"<!-- modelyard-message {message_id} -->"
