"""Asks GitHub's REST API about one repository."""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from modelyard.monitoring.alerts.http import Answer, Request, UnsentError, once, refusal
from modelyard.monitoring.alerts.message import variable
from modelyard.monitoring.alerts.words import one_line

_PAGE = 100
_MOST_PAGES = 20
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Repository:
    """A repository, and the variable that holds the token; inside Actions both are known."""

    name: str | None
    token: str

    def read(self, path: str, timeout_s: float) -> Any:  # noqa: ANN401 - JSON
        """Return what lies at `path`."""
        return self._explained(lambda: once(self._request("GET", path), timeout_s)).json()

    def pages(self, path: str, timeout_s: float) -> Iterator[dict[str, Any]]:
        """Yield the entries of a list, page by page."""
        for page in range(1, _MOST_PAGES + 1):
            found = self.read(f"{path}&per_page={_PAGE}&page={page}", timeout_s)
            entries = found if isinstance(found, list) else []
            yield from (entry for entry in entries if isinstance(entry, dict))
            if len(entries) < _PAGE:
                return

    def write(self, path: str, document: dict[str, Any], timeout_s: float) -> Answer:
        """Post once: whether another attempt would do it twice is for the caller to know."""
        return self._explained(lambda: once(self._request("POST", path, document), timeout_s))

    def change(self, path: str, document: dict[str, Any], timeout_s: float) -> Answer:
        """Change what lies at `path`; doing it twice does no more."""
        return self._explained(lambda: once(self._request("PATCH", path, document), timeout_s))

    @property
    def _full_name(self) -> str:
        name = self.name or os.environ.get("GITHUB_REPOSITORY", "").strip()
        if not name:
            raise UnsentError("no repository is named: set `repository` or the variable GITHUB_REPOSITORY")
        if not _REPOSITORY.fullmatch(name):
            raise UnsentError("the variable GITHUB_REPOSITORY does not hold OWNER/NAME")
        return name

    def _request(self, method: str, path: str, document: dict[str, Any] | None = None) -> Request:
        api = os.environ.get("GITHUB_API_URL", "").strip().rstrip("/") or "https://api.github.com"
        headers = {
            "accept": "application/vnd.github+json",
            "authorization": f"Bearer {variable(self.token)}",
            "user-agent": "modelyard",
            "x-github-api-version": "2022-11-28",
        }
        if document is None:
            return Request(method, f"{api}/repos/{self._full_name}{path}", headers)
        body = json.dumps(document).encode()
        return Request(
            method, f"{api}/repos/{self._full_name}{path}", headers | {"content-type": "application/json"}, body
        )

    def _explained(self, call: Callable[[], Answer]) -> Answer:
        """Add what GitHub says to the reason, without the token should it echo it."""
        try:
            return call()
        except UnsentError as error:
            answer = refusal(error)
            if answer is not None:
                error.reason += self._said(answer)
            raise

    def _said(self, answer: Answer) -> str:
        if 300 <= answer.status < 400:
            return f": {self._full_name} has moved; name it as it is called now"
        if answer.status == 404:
            return f": the token of {self.token} sees no repository {self._full_name}"
        document = answer.json()
        said = document.get("message") if isinstance(document, dict) else None
        if not isinstance(said, str) or not said:
            return ""
        return ": " + one_line(said.replace(variable(self.token), "***"), 150)
