"""A real HTTP server that answers what a test tells it to, and remembers what it was asked."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Standin:
    """`answers` are given in order, then `default`: (status, headers, body), or "hang", or "drop"."""

    def __init__(self, default=(200, {}, b"ok")):
        self.answers, self.default, self.asked = [], default, []
        self.lock = threading.Lock()
        self.released = threading.Event()

    def answer(self, method, path, query, body, headers):
        with self.lock:
            self.asked.append((method, path, body, headers))
            return self.answers.pop(0) if self.answers else self.default


class GitHub(Standin):
    """The issues and dispatches of one repository, with the rules that matter here."""

    def __init__(self, token="t0ken"):
        super().__init__()
        self.token, self.issues, self.comments, self.events = token, [], [], []
        self.lost = 0  # so many writes happen, but their answer is lost

    def answer(self, method, path, query, body, headers):
        given = super().answer(method, path, query, body, headers)
        if given is not self.default:
            return given
        if headers.get("authorization") != f"Bearer {self.token}":
            return 401, {}, json.dumps({"message": f"Bad credentials {self.token}"}).encode()
        with self.lock:
            done = self._done(method, path.removeprefix("/repos/me/it"), query, json.loads(body or b"{}"))
            if method in ("POST", "PATCH") and self.lost:
                self.lost -= 1
                return "drop"
            return done

    def _done(self, method, path, query, document):
        if method == "POST" and path == "/dispatches":
            self.events.append(document)
            return 204, {}, b""
        if method == "POST" and path == "/issues":
            labels = [{"name": name} for name in document["labels"]]
            self.issues.append({**document, "labels": labels, "number": len(self.issues) + 1, "state": "open"})
            return self._json(201, self.issues[-1])
        if method == "GET" and path == "/issues":
            label = query["labels"][0]
            found = [i for i in self.issues if i["state"] == "open" and label in [x["name"] for x in i["labels"]]]
            first = (int(query["page"][0]) - 1) * int(query["per_page"][0])
            return self._json(200, found[::-1][first : first + int(query["per_page"][0])])
        return self._of_issue(method, path, document)

    def _of_issue(self, method, path, document):
        number, _, rest = path.removeprefix("/issues/").partition("/")
        if not number.isdecimal() or int(number) > len(self.issues):
            return self._json(404, {"message": "Not Found"})
        if method == "POST" and rest == "comments":
            self.comments.append({**document, "issue": int(number)})
            return self._json(201, self.comments[-1])
        if method == "PATCH":
            self.issues[int(number) - 1] |= document
            return self._json(200, self.issues[int(number) - 1])
        if rest == "comments":
            return self._json(200, [c for c in self.comments if c["issue"] == int(number)])
        return self._json(200, self.issues[int(number) - 1])

    @staticmethod
    def _json(status, document):
        return status, {"content-type": "application/json"}, json.dumps(document).encode()


@contextmanager
def serving(standin):
    """Serve on a free port; yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do(self):
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = standin.answer(self.command, parts.path, parse_qs(parts.query), body, headers)
            if answer == "hang":
                standin.released.wait(20)
            if isinstance(answer, str):
                self.close_connection = True
                return
            status, more, content = answer
            self.send_response(status)
            for name, value in {**more, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        standin.released.set()
        server.shutdown()
        server.server_close()
