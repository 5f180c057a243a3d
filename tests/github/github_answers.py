"""How GitHub answers: its error bodies, its headers of limits and permissions, its pages."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

DOCS = "https://docs.github.com/rest"


@dataclass
class Asked:
    """A request as the server saw it."""

    method: str
    path: str
    query: dict
    body: object
    headers: dict
    url: str = ""  # of the server

    @property
    def writes(self):
        """Return whether it changes something."""
        return self.method != "GET"


@dataclass
class Answer:
    """Status, JSON document (or bytes), headers; `drop` closes the connection without a word."""

    status: int = 200
    document: object = None
    headers: dict = field(default_factory=dict)
    drop: bool = False

    @property
    def content(self):
        """Return the bytes to send."""
        if self.document is None or isinstance(self.document, bytes):
            return self.document or b""
        return json.dumps(self.document).encode()


class Refused(Exception):  # noqa: N818 - an answer, not a fault of the server
    """Ends a handler with an answer."""

    def __init__(self, answer):
        super().__init__(answer.status)
        self.answer = answer


def failure(status, message, *, errors=None, headers=None):
    """Return an error as GitHub words it."""
    document = {"message": message, "documentation_url": DOCS, "status": str(status)}
    return Answer(status, document | ({} if errors is None else {"errors": errors}), headers or {})


def not_found():
    """Return what GitHub says of what is not there, or may not be seen."""
    return failure(404, "Not Found")


def invalid(resource, field_name, code, message=None):
    """Return GitHub's refusal of a well-formed body."""
    error = {"resource": resource, "field": field_name, "code": code}
    error |= {} if message is None else {"message": message}
    return failure(422, "Validation Failed", errors=[error])


def primary_limit(reset):
    """Return the answer to a token that has used its hour; `reset` in epoch seconds."""
    headers = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(reset))}
    return failure(403, "API rate limit exceeded for user ID 1.", headers=headers)


def secondary_limit(retry_after=None, status=403):
    """Return the answer to a client that asks too fast; seconds to wait, or none named."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return failure(status, message, headers=headers)


def not_permitted(token, needs):
    """Return the answer to a token that lacks a permission, in the words for its kind."""
    if token.kind == "classic":
        headers = {"x-oauth-scopes": ", ".join(token.scopes), "x-accepted-oauth-scopes": "repo"}
        return failure(403, "Must have admin rights to Repository.", headers=headers)
    who = "integration" if token.kind == "actions" else "personal access token"
    headers = {"x-accepted-github-permissions": needs or ""}
    return failure(403, f"Resource not accessible by {who}", headers=headers)


def paged(asked, entries, item=None, *, most=100):
    """Return one page of a list, with the links of GitHub; `item` names the list inside a document."""
    size = _number(asked, "per_page", min(30, most), most=most)
    page = _number(asked, "page", 1, most=10_000)
    last = max(1, -(-len(entries) // size))
    part = entries[(page - 1) * size : page * size]
    headers = {"link": ", ".join(_links(asked, page, last))} if last > 1 else {}
    return Answer(200, part if item is None else {"total_count": len(entries), item: part}, headers)


def _links(asked, page, last):
    wanted = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    for name, number in wanted.items():
        if 1 <= number <= last and not (name == "first" and page == 1) and not (name == "last" and page == last):
            query = urlencode({key: values[0] for key, values in asked.query.items()} | {"page": number})
            yield f'<{asked.url}{asked.path}?{query}>; rel="{name}"'


def _number(asked, name, default, *, most):
    given = asked.query.get(name, [str(default)])[0]
    if not given.isdecimal() or int(given) < 1:
        return default
    return min(int(given), most)
