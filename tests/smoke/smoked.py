"""Makes a project with a released version, runs its server, and stands between a client and it."""

import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import polars as pl
import yaml
from released import contract, frame, put, release, trained
from servers import listening, wait

from modelyard import config
from modelyard.bundle.golden import FILE_NAME, Golden
from modelyard.data.store import Store
from modelyard.serving.scorer import Scorer
from modelyard.smoke import SmokeRequest, smoke


def project(folder, *, auth="none", release=True, task="binary", **settings):
    """Write a project whose environments are local and dev, with one store."""
    document = {
        "name": "churn",
        "task": task,
        "data": {"source": "t", "target": "y"},
        "evaluation": {"metric": "rmse" if task == "regression" else "log_loss"},
        "release": {"p99_ms": 2000},  # the machine of the tests may be busy
        "serving": {"auth": auth, "capture": {"enabled": False}},
        "environments": {"local": {"store": "store"}, "dev": {"store": "store"}},
        **settings,
    }
    (folder / "modelyard.yaml").write_text(yaml.safe_dump(document))
    if release:
        released(folder, task)
    return folder


def released(folder, task="binary", version=1, estimator="linear"):
    """Train, add golden rows, and make it champion."""
    rows = frame(task=task).with_columns(t=pl.Series([datetime(2024, 1, 1) + timedelta(hours=i) for i in range(200)]))
    made = folder / f"made {version}"
    trained(made, rows, task, estimator)
    scorer = Scorer.load(made)
    golden = Golden.of(rows, scorer.served.inputs, scorer.score)
    (made / FILE_NAME).write_bytes(golden.dump())
    store = Store.open("store", folder)
    release(store, version, put(store, made, rows, contract(rows)))
    return store


@contextmanager
def serving(folder, **variables):
    """Run `modelyard serve`; yield its address."""
    with listening(folder, folder / f"log {time.monotonic_ns()}", **variables) as url:
        yield url


def ready(url):
    """Wait until a model answers."""
    wait(lambda: _status(f"{url}/readyz") == 200)


def _status(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@contextmanager
def between(change, url=None, tls=None):
    """Run a server that hands requests on to `url`, and whose answers go through `change(handler, answer)`.

    `change` gets (path, number of the request, status, headers, body) and returns status, headers and body, or None
    where it has done everything by itself.
    """
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            seen.append((self.path, dict(self.headers)))
            status, headers, answer = _through(self, url, body) if url else (200, {}, b"")
            changed = change(self, len(seen), status, headers, answer)
            if changed is None:
                return
            status, headers, answer = changed
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = answer  # noqa: N815 - the base class's names

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _through(handler, url, body):
    request = urllib.request.Request(url + handler.path, body or None, method=handler.command)
    for name in ("content-type", "authorization"):
        if handler.headers.get(name):
            request.add_header(name, handler.headers[name])
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, {"content-type": answer.headers["content-type"]}, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {"content-type": error.headers["content-type"]}, error.read()


def asked(folder, url, env="local", **more):
    """Smoke a service, quickly."""
    return smoke(SmokeRequest(project=config.load(folder, env), url=url, **{"wait_s": 5, "load_s": 0.5, **more}))


def found(result):
    """Return the checks by name."""
    return {check.name: check for check in result.checks}
