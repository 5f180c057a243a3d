"""A strict local server that speaks the part of GitHub's REST API that modelyard uses.

    api = GitHub()                       # one user "me", one token "t0ken" that may do everything
    repo = api.add(Repository("me", "it"))
    with serving(api) as url:            # http://127.0.0.1:PORT, in a thread of this process
        ...
    assert repo.variables == {...}; assert api.writes == [...]

Unknown routes are 404 and are kept in `api.unknown`; malformed bodies are 422 in GitHub's words. Troubles are asked for
with `api.answer(...)`, `api.limit(...)`, `api.fail_write(n)` and `api.drop_write(n)`.
"""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import github_loop
import github_security  # noqa: F401 - registers its routes
from github_answers import Answer, Asked, Refused, failure, not_found, not_permitted, primary_limit, secondary_limit
from github_settings import ROUTES
from github_state import Account, Repository, Token

__all__ = ["Account", "GitHub", "Repository", "Token", "serving"]


class GitHub:
    """Everything GitHub knows, and everything it was asked."""

    def __init__(self, login="me", token="t0ken"):
        self.accounts, self.tokens, self.repositories = {}, {}, {}
        self.moved = {}  # "old/name" -> repository, as after a rename
        self.prefix, self.url = "", None  # of the API's paths, as /api/v3; where it is served
        self.asked, self.unknown = [], []
        self._troubles, self._writes, self._at_write = [], 0, {}
        self._lock = threading.RLock()
        self.account(Account(login))
        self.token(Token(token, login))

    def account(self, account):
        """Add a user or an organization."""
        self.accounts[account.login.lower()] = account
        return account

    def token(self, token):
        """Add a token; `del api.tokens[value]` lets it expire."""
        self.tokens[token.value] = token
        return token

    def add(self, repository):
        """Add a repository."""
        self.repositories[repository.full_name.lower()] = repository
        return repository

    def find(self, owner, name):
        """Return a repository, or None."""
        return self.repositories.get(f"{owner}/{name}".lower())

    @property
    def writes(self):
        """Return what changed something and was not refused on the way: (method, path)."""
        return [(each.method, each.path) for each in self.asked if each.writes]

    def answer(self, answer, *, method=None, path=".*", times=1):
        """Give this answer to the next requests that fit, instead of the right one."""
        self._troubles.append([method, re.compile(path), answer, times])

    def limit(self, kind="secondary", *, retry_after=1, reset=None, status=403, method=None, path=".*", times=1):
        """Say that the rate limit is reached: `primary` with its reset (epoch seconds), or `secondary`."""
        answer = primary_limit(reset) if kind == "primary" else secondary_limit(retry_after, status)
        self.answer(answer, method=method, path=path, times=times)

    def fail_write(self, number, answer=None):
        """Let the Nth write from now on fail, counted from 1, without being done; default: 502."""
        self._at_write[self._writes + number] = answer or failure(502, "Server Error")

    def drop_write(self, number):
        """Do the Nth write from now on, and close the connection without an answer."""
        self._at_write[self._writes + number] = Answer(drop=True)

    def lacking(self, repository):
        """Return the features that the plan of the owner does not have for this repository."""
        plan = self.accounts[repository.owner.lower()].plan
        if not repository.private or plan == "enterprise":
            return repository.lacks
        missing = {"reviewers", "private_reporting"} | ({"rulesets", "environments"} if plan == "free" else set())
        return repository.lacks | missing

    def user(self, login):
        """Return an account as GitHub shows it."""
        found = self.accounts.get(login.lower())
        if found is None:
            raise Refused(not_found())
        return {
            "login": found.login,
            "id": found.id,
            "type": found.type,
            "url": f"https://api.github.com/users/{login}",
        }

    def reviewer(self, reviewer):
        """Return who reviews, or None when there is no such account or team."""
        if reviewer["type"] == "User":
            found = next((a for a in self.accounts.values() if a.id == reviewer["id"]), None)
            return None if found is None else {"id": found.id, "login": found.login}
        teams = {number: slug for account in self.accounts.values() for slug, number in account.teams.items()}
        return None if reviewer["id"] not in teams else {"id": reviewer["id"], "slug": teams[reviewer["id"]]}

    def shown(self, repository, asked):
        """Return a repository as GitHub shows it to the one who asks."""
        owner = self.accounts[repository.owner.lower()]
        told = ("description", "delete_branch_on_merge", "has_issues")
        settings = {key: repository.settings.get(key) for key in told}
        return {
            **settings, "id": repository.id, "name": repository.name, "full_name": repository.full_name,
            "private": repository.private, "visibility": "private" if repository.private else "public",
            "archived": repository.archived, "fork": False, "default_branch": repository.default_branch,
            "owner": {"login": owner.login, "id": owner.id, "type": owner.type},
            "url": f"{asked.url}/repos/{repository.full_name}",
            "html_url": f"https://github.com/{repository.full_name}",
            "clone_url": f"https://github.com/{repository.full_name}.git",
        }  # fmt: skip

    def respond(self, asked):
        """Return the answer to a request; one at a time, as a test has to be able to read the state."""
        with self._lock:
            self.asked.append(asked)
            trouble = self._trouble(asked)
            if trouble is not None:
                return trouble
            try:
                answer = self._routed(asked)
            except Refused as refused:
                return refused.answer
            return Answer(drop=True) if self._dropped(asked) else answer

    def _trouble(self, asked):
        if asked.writes:
            self._writes += 1
        given = self._at_write.get(self._writes) if asked.writes else None
        if given is not None and not given.drop:
            return given
        for trouble in self._troubles:
            method, path, answer, left = trouble
            if left and method in {None, asked.method} and path.search(asked.path):
                trouble[3] -= 1
                return answer
        return None

    def _dropped(self, asked):
        return asked.writes and self._at_write.get(self._writes, Answer()).drop

    def _routed(self, asked):
        if asked.path.startswith(github_loop.BLOB):
            return github_loop.blob(self, asked)
        token = self._token(asked)
        found = self._route(asked)
        if found is None:
            self.unknown.append((asked.method, asked.path))
            return not_found()
        needs, handler, at = found
        repo = self._seen(asked, token, at) if "name" in at else None
        if isinstance(repo, Answer):
            return repo
        if not token.allows(needs):
            return not_permitted(token, needs)
        if repo is not None and repo.archived and asked.writes:
            return failure(403, "Repository was archived so is read-only.")
        return handler(self, asked, token, repo, at)

    def _token(self, asked):
        given = asked.headers.get("authorization", "").removeprefix("Bearer ").removeprefix("token ")
        if not given:
            raise Refused(failure(401, "Requires authentication"))
        if given not in self.tokens:
            raise Refused(failure(401, "Bad credentials"))
        return self.tokens[given]

    def _route(self, asked):
        for method, pattern, needs, handler in ROUTES:
            match = pattern.match(asked.path)
            if match is not None and method == asked.method:
                return needs, handler, match.groupdict()
        return None

    def _seen(self, asked, token, at):
        old = f"{at['owner']}/{at['name']}".lower()
        if old in self.moved and old not in self.repositories:
            there = asked.path.replace(f"/repos/{at['owner']}/{at['name']}", f"/repos/{self.moved[old].full_name}")
            return Answer(301, {"message": "Moved Permanently"}, {"location": f"{asked.url}{there}"})
        found = self.find(at["owner"], at["name"])
        hidden = found is not None and token.sees is not None and found.full_name not in token.sees
        if found is None or (hidden and found.private):
            return not_found()
        if hidden and asked.writes:
            return not_permitted(token, "")
        return found


@contextmanager
def serving(api):
    """Serve on a free port of this machine; yields the URL for GITHUB_API_URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body in one packet: two would wait for the client's delayed acknowledgement

        def do(self):
            parts, sent = urlsplit(self.path), self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                body = json.loads(sent) if sent else None
            except ValueError:
                body = "not JSON"
            path = unquote(parts.path).removeprefix(api.prefix)
            asked = Asked(self.command, path, parse_qs(parts.query), body, headers, f"{api.url}{api.prefix}")
            self._send(api.respond(asked))

        def _send(self, answer):
            if answer.drop:
                self.close_connection = True
                return
            self.send_response(answer.status)
            headers = {"content-type": "application/json; charset=utf-8", **answer.headers}
            for name, value in {**headers, "content-length": str(len(answer.content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api.url
    finally:
        server.shutdown()
        server.server_close()
