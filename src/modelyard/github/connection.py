"""Asks GitHub through PyGithub; the only importer of it.

PyGithub brings authentication, pages and kinds of errors. Waiting is ours: it would sleep silently for as long as
GitHub says, and it repeats a POST whose answer was lost, which may then happen twice.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlsplit

from modelyard.errors import OutsideError, RequestError
from modelyard.github import failures, limits
from modelyard.github.credentials import Credentials, credentials

if TYPE_CHECKING:
    from github import Github
    from github.Repository import Repository

Answer = TypeVar("Answer")
Note = Callable[[str], object]
PATIENCE_S = 90.0  # a job may wait so long for a rate limit; what lasts longer is said instead
ATTEMPTS = 3


@dataclass(frozen=True)
class Connection:
    """GitHub as one token sees it. Paths begin with a slash; `what` completes "GitHub did not ..."."""

    client: "Github"
    credentials: Credentials
    note: Note = str
    patience_s: float = PATIENCE_S
    sleep: Callable[[float], object] = time.sleep

    def repository(self, name: str) -> "Repository":
        """Return PyGithub's object for OWNER/REPO; nothing is asked before it is used."""
        return self.client.get_repo(name)

    def get(self, path: str, what: str, needs: str, **query: str | int) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON object at a path."""
        found = self._got(path, what, needs, query)
        if not isinstance(found, dict):
            raise self._strange()
        return found

    def pages(self, path: str, what: str, needs: str, item: str | None = None, **query: str | int) -> list[Any]:
        """Return all entries of a list, which lies in the documents under `item` if one is named."""
        return list(itertools.chain.from_iterable(self._pages(path, what, needs, item, query)))

    def put(self, path: str, body: dict[str, Any] | None, what: str, needs: str) -> Any:  # noqa: ANN401 - JSON
        """Set what lies at a path; doing it twice does no more."""
        return self.ask(lambda: self._json("PUT", path, {}, body), what, needs)

    def patch(self, path: str, body: dict[str, Any], what: str, needs: str) -> Any:  # noqa: ANN401 - JSON
        """Change what lies at a path; doing it twice does no more."""
        return self.ask(lambda: self._json("PATCH", path, {}, body), what, needs)

    def post(self, path: str, body: dict[str, Any], what: str, needs: str) -> Any:  # noqa: ANN401 - JSON
        """Make something, once: when the answer is lost it may have happened."""
        return self.ask(lambda: self._json("POST", path, {}, body), what, needs, once=True)

    def delete(self, path: str, what: str, needs: str) -> None:
        """Remove what lies at a path."""
        self.ask(lambda: self._json("DELETE", path, {}), what, needs)

    def must_have(self, found: dict[str, Any], *keys: str) -> None:
        """Raise OutsideError unless an answer has what GitHub's always have."""
        if not all(found.get(key) for key in keys):
            raise self._strange()

    def ask(self, call: Callable[[], Answer], what: str, needs: str, *, once: bool = False) -> Answer:
        """Return what a call of PyGithub returns; waits out short rate limits, and repeats what failed on the way.

        `once` is for a call that makes something new: only a rate limit, which did nothing, repeats it.

        Raises:
            RefusedError: GitHub says no; its `error` says it in our words.
            OutsideError: The rate limit is far away, or GitHub cannot be reached.
        """
        waits = limits.Waits(self.patience_s, self.note, self.sleep)
        for attempt in itertools.count(1):
            try:
                return call()
            except Exception as error:
                retry = not once and attempt < ATTEMPTS
                if not self._passes(error, waits, what, needs, retry=retry):
                    raise
        raise AssertionError

    def location(self, path: str, what: str, needs: str) -> str:
        """Return where a path redirects to; the redirection is not followed, and PyGithub would refuse its host."""

        def look() -> str:
            status, headers, body = self.client.requester.requestJson("GET", path)
            if status >= 400:
                import json

                raise self.client.requester.createException(status, headers, json.loads(body or "null"))
            return str(headers.get("location", ""))

        return self.ask(look, what, needs)

    def _got(self, path: str, what: str, needs: str, query: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        return self.ask(lambda: self._json("GET", path, query), what, needs)

    def _strange(self) -> OutsideError:
        """Return the error for what answers, and is something else: a proxy, a page to log in."""
        return failures.unreachable(self._host, "what answers there is not GitHub's API")

    @property
    def _host(self) -> str:
        return urlsplit(self.credentials.api_url).netloc

    def _json(self, verb: str, path: str, query: dict[str, Any], body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        found = self.client.requester.requestJsonAndCheck(verb, path, parameters=query or None, input=body)
        if found[1] is not None and "json" not in str(found[0].get("content-type", "json")):
            raise ValueError("no JSON")
        return found[1]

    def _pages(self, path: str, what: str, needs: str, item: str | None, query: dict[str, Any]) -> Iterator[list[Any]]:
        size, seen = int(query.pop("per_page", 100)), 0
        for number in itertools.count(1):
            found = self._got(path, what, needs, {**query, "per_page": size, "page": number})
            entries = found.get(item) if item is not None and isinstance(found, dict) else found
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise self._strange()
            yield entries
            seen += len(entries)
            total = found.get("total_count") if isinstance(found, dict) else None
            # some lists give fewer at a time than was asked for: variables come by 30
            if not entries or (len(entries) < size if total is None else seen >= total):
                return

    def _passes(self, error: Exception, waits: "limits.Waits", what: str, needs: str, *, retry: bool) -> bool:
        """Wait where waiting helps and return True; else raise in our words, or return False for a bug."""
        import requests
        from github import BadAttributeException, GithubException

        if isinstance(error, GithubException):
            return self._answered(error, waits, what, needs, retry=retry)
        if isinstance(error, requests.exceptions.RequestException):
            if retry:
                return waits.short()
            raise failures.unreachable(self._host, _reason(error)) from error
        if isinstance(error, RuntimeError) and "server redirected" in str(error):  # PyGithub stays on its host
            raise failures.unreachable(self._host, "it redirects to another address") from error
        if isinstance(error, BadAttributeException | ValueError):
            raise self._strange() from error
        return False

    def _answered(self, error: Any, waits: "limits.Waits", what: str, needs: str, *, retry: bool) -> bool:  # noqa: ANN401
        headers, data = error.headers or {}, error.data
        wait = limits.wait_of(error.status, data, headers)
        if wait is not None:
            return waits.limit(wait)
        if error.status >= 500 and retry:
            return waits.short()
        told = failures.explained(error.status, data, headers, what, needs)
        told.message = self.credentials.without_token(told.message)
        echoed = self.credentials.token in str(error)
        raise told from None if echoed else error


def connect(note: Note = str, *, api_url: str | None = None) -> Connection:
    """Return a connection; nothing is asked yet.

    Raises:
        RequestError: No token, no address, or PyGithub is not installed.
    """
    found = credentials(api_url)
    try:
        from github import Auth, Github
    except ModuleNotFoundError as error:
        raise RequestError(
            f"This command needs {error.name}, which is not installed.",
            "Install the extra: pip install 'modelyard[github]'.",
            code="missing_extra",
        ) from None
    token = Auth.Token(found.token)
    client = Github(
        auth=token, base_url=found.api_url, user_agent="modelyard", per_page=100, timeout=30, retry=None, lazy=True,
        seconds_between_requests=None, seconds_between_writes=None,
    )  # fmt: skip
    return Connection(client, found, note)


def at(repository: str, *parts: str | int) -> str:
    """Return the path of something of a repository, each part quoted."""
    return "/".join([f"/repos/{repository}", *(quote(str(part), safe="") for part in parts)])


def _reason(error: Exception) -> str:
    """Return the innermost reason of a failed connection, without addresses of objects."""
    reason: Any = error
    while getattr(reason, "reason", None) or (reason.args and isinstance(reason.args[0], Exception)):
        reason = getattr(reason, "reason", None) or reason.args[0]
    return str(reason).partition(": ")[2] or str(reason) or type(error).__name__
