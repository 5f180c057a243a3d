"""The ASGI application: one handler for `/predict`, and the small routes around it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from modelyard import __version__
from modelyard.serving.asgi import (
    JSON,
    GoneError,
    Receive,
    Scope,
    Send,
    check_json,
    encode,
    read_body,
    request_id,
    send_answer,
    send_refusal,
)
from modelyard.serving.follow import Follower
from modelyard.serving.logs import Log, RequestLine
from modelyard.serving.metrics import NOBODY, Labels, Metrics
from modelyard.serving.openapi import document
from modelyard.serving.predict import FailedError, answer
from modelyard.serving.problems import RefusalError
from modelyard.serving.release import readiness, release
from modelyard.serving.schema import row_schema

PREDICT = "/predict"
_TEXT = b"text/plain; version=0.0.4; charset=utf-8"
_CHAMPION = "champion"


class App:
    """Answers HTTP requests with whatever version the follower holds at that moment."""

    def __init__(self, follower: Follower, log: Log) -> None:
        self._follower = follower
        self._log = log
        self._metrics = Metrics()
        self._pages: dict[str, Callable[[], tuple[int, bytes, bytes]]] = {
            "/healthz": lambda: (200, encode({"status": "alive", "modelyard": __version__}), JSON),
            "/readyz": lambda: _json(*readiness(follower.state)),
            "/release": lambda: _json(200, release(follower)),
            "/schema": self._schema,
            "/openapi.json": lambda: _json(200, document(follower.state.version)),
            "/metrics": lambda: (200, self._metrics.text(follower.counters).encode(), _TEXT),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or start and end with the server."""
        if scope["type"] == "http":
            if scope["path"] == PREDICT:
                await self._predict(scope, receive, send)
            else:
                await self._page(scope, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._log.start()
                self._follower.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                self._follower.stop()
                self._log.line("stopped")
                self._log.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _predict(self, scope: Scope, receive: Receive, send: Send) -> None:
        begin = time.perf_counter()
        headers = scope["headers"]
        number = request_id(headers)
        version = self._follower.state.version
        labels = NOBODY if version is None else (str(version.ref.version), _CHAMPION)
        rows, extra = 0, {}
        try:
            if scope["method"] != "POST":
                raise _not_allowed("POST")
            check_json(headers)
            data = await read_body(receive)
            if version is None:
                raise self._no_model()
            body, rows = await answer(version, data, number.decode())
            status = 200
            await send_answer(send, 200, body, number)
        except RefusalError as refusal:
            status = refusal.status
            if isinstance(refusal, FailedError):
                extra = {"error": refusal.kind, "place": refusal.place}
            await send_refusal(send, refusal, number)
        except GoneError:
            status = 499
        self._done(number, status, labels, rows, time.perf_counter() - begin, extra)

    def _done(  # noqa: PLR0913 - all of it belongs to one line
        self, number: bytes, status: int, labels: Labels, rows: int, seconds: float, extra: dict[str, Any]
    ) -> None:
        self._metrics.request(PREDICT, status, labels)
        self._metrics.prediction(labels, rows, seconds)
        self._log.add(
            RequestLine(
                time=datetime.now(UTC),
                route=PREDICT,
                request_id=number.decode(),
                status=status,
                ms=round(seconds * 1000, 3),
                rows=rows,
                version=labels[0],
                **extra,
            )
        )

    def _no_model(self) -> RefusalError:
        state = self._follower.state
        return RefusalError(503, state.problem, state.hint, headers=[(b"retry-after", b"1")])

    async def _page(self, scope: Scope, send: Send) -> None:
        path, number = scope["path"], request_id(scope["headers"])
        try:
            status, body, media = self._find(path, scope["method"])()
            await send_answer(send, status, body, number, media)
        except RefusalError as refusal:
            status = refusal.status
            await send_refusal(send, refusal, number)
        self._metrics.request(path if path in self._pages else "other", status)

    def _find(self, path: str, method: str) -> Callable[[], tuple[int, bytes, bytes]]:
        page = self._pages.get(path)
        if page is None:
            raise RefusalError(404, "There is no such route.", f"Routes: {PREDICT}, {', '.join(self._pages)}.")
        if method not in {"GET", "HEAD"}:
            raise _not_allowed("GET, HEAD")
        return page

    def _schema(self) -> tuple[int, bytes, bytes]:
        version = self._follower.state.version
        if version is None:
            raise self._no_model()
        return _json(200, row_schema(version))


def _json(status: int, found: dict[str, Any]) -> tuple[int, bytes, bytes]:
    return status, encode(found), JSON


def _not_allowed(methods: str) -> RefusalError:
    return RefusalError(405, f"This route takes {methods}.", headers=[(b"allow", methods.encode())])
