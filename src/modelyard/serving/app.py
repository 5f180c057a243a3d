"""The application: one handler for `/predict`, one for `/explain`, and the small routes around them."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from modelyard import __version__
from modelyard.serving.asgi import GoneError, Receive, Scope, Send, read, send_reply
from modelyard.serving.auth import Auth, Headers, NoAuth
from modelyard.serving.docs import page
from modelyard.serving.explain import explain
from modelyard.serving.follow import Follower
from modelyard.serving.keeper import Keeper, Nothing
from modelyard.serving.logs import Log
from modelyard.serving.metrics import Metrics
from modelyard.serving.openapi import document
from modelyard.serving.predict import PREDICT, Predict, no_model
from modelyard.serving.problems import BadRowsError, RefusalError, problem
from modelyard.serving.release import readiness, release
from modelyard.serving.reply import HTML, JSON, TEXT, Reply, Request, check_body, encode, refused, request_id
from modelyard.serving.schema import row_schema

EXPLAIN, METRICS = "/explain", "/metrics"
_OPEN = {"/healthz", "/readyz"}  # load balancers have no credential; with auth these say yes or no, nothing else

Page = Callable[[], tuple[int, bytes, bytes]]


class App:
    """Answers requests with whatever version the follower holds at that moment."""

    def __init__(  # noqa: PLR0913 - what it is put together from
        self,
        follower: Follower,
        log: Log,
        *,
        metrics: Metrics | None = None,
        keeper: Keeper | None = None,
        auth: Auth | None = None,
        of_metrics: Auth | None = None,
    ) -> None:
        self._follower = follower
        self._log = log
        self.metrics = metrics or Metrics()
        self.keeper = keeper or Nothing()
        self._auth = auth or NoAuth()
        self._of_metrics = of_metrics
        self._explaining = ThreadPoolExecutor(1, "explain")  # of its own: large predictions do not queue behind it
        self.predict = Predict(follower, self.metrics, log, self.keeper)
        self._pages: dict[str, Page] = {
            "/healthz": self._health,
            "/readyz": self._readiness,
            "/release": lambda: (200, encode(release(follower)), JSON),
            "/schema": self._schema,
            "/openapi.json": lambda: (200, encode(document(follower.state.version, self._auth.scheme)), JSON),
            "/docs": lambda: (200, page(), HTML),
            METRICS: self._metrics_page,
        }

    def respond(self, request: Request) -> Reply | Awaitable[Reply]:
        """Answer a request, some of them later; never raises."""
        path = request.path
        if path not in _OPEN and (refusal := self._refusal(path, request.headers)) is not None:
            self.metrics.request(path if path in self._pages or path in {PREDICT, EXPLAIN} else "other", refusal.status)
            return refused(refusal, request_id(request.headers))
        if path == PREDICT:
            return self.predict(request)
        if path == EXPLAIN:
            return self._explain(request)
        return self._page(request)

    def stop(self) -> None:
        """End what is done beside the event loop."""
        self.predict.mirror.stop()
        self._explaining.shutdown(wait=False, cancel_futures=True)

    def sync(self) -> None:
        """Take over what others count; called now and then."""
        metrics, follower = self.metrics, self._follower
        for name, count in {**follower.counters, **self.keeper.counters}.items():
            if name != "load_failures_total":
                metrics.copy(f"modelyard_{name}", count)
        for version, count in follower.load_failures.items():
            metrics.copy("modelyard_load_failures_total", count, ("version", str(version)))
        metrics.copy("modelyard_mirror_dropped_total", self.predict.mirror.dropped)
        state = follower.state
        loaded = (str(version) for version, is_ready in state.ready.items() if is_ready)
        metrics.ready(loaded, by_champion=state.by_champion)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of any ASGI server, or start and end with it."""
        if scope["type"] == "http":
            await self._asked(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request = await read(scope, receive)
        except GoneError:
            return
        reply = self.respond(request)
        found = reply if isinstance(reply, Reply) else await reply
        await send_reply(send, found, head=request.method == "HEAD")

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._log.start()
                self._follower.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                self._follower.stop()
                self.stop()
                self._log.line("stopped")
                self._log.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _page(self, request: Request) -> Reply:
        path, number = request.path, request_id(request.headers)
        try:
            status, body, media = self._find(path, request.method)()
            reply = Reply(status, body, number, media)
        except RefusalError as refusal:
            reply = refused(refusal, number)
        self.metrics.request(path if path in self._pages else "other", reply.status)
        return reply

    def _find(self, path: str, method: str) -> Page:
        page = self._pages.get(path)
        if page is None:
            raise RefusalError(
                404, "There is no such route.", f"Routes: {', '.join([PREDICT, EXPLAIN, *self._pages])}."
            )
        if method not in {"GET", "HEAD"}:
            raise RefusalError(405, "This route takes GET, HEAD.", headers=[(b"allow", b"GET, HEAD")])
        return page

    def _refusal(self, path: str, headers: Headers) -> RefusalError | None:
        refusal = self._auth.refusal(headers)
        if refusal is None or path != METRICS or self._of_metrics is None:
            return refusal
        return self._of_metrics.refusal(headers) and refusal

    async def _explain(self, request: Request) -> Reply:
        number = request_id(request.headers)
        try:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._explaining, self._explained, request)
            reply = Reply(200, encode(found), number)
        except RefusalError as refusal:
            reply = refused(refusal, number)
        except Exception as error:  # the user's features(), or a model of any library
            self._log.request(EXPLAIN, number.decode(), 500, 0.0, 1, "", type(error).__name__)
            hint = "The server's log names the error, under this request id."
            reply = refused(RefusalError(500, "The version failed on this request.", hint), number)
        self.metrics.request(EXPLAIN, reply.status)
        return reply

    def _explained(self, request: Request) -> dict:
        if request.method != "POST":
            raise RefusalError(405, "This route takes POST.", headers=[(b"allow", b"POST")])
        check_body(request)
        version = self._follower.state.version
        if version is None:
            raise no_model(self._follower.state)
        rows = version.decoder.decode(request.body).rows
        if len(rows) != 1:
            raise BadRowsError([problem(f"One row is explained at a time, not {len(rows):,}")])
        return explain(version, rows[0])

    def _health(self) -> tuple[int, bytes, bytes]:
        known = {} if self._auth.scheme else {"modelyard": __version__}
        return 200, encode({"status": "alive", **known}), JSON

    def _readiness(self) -> tuple[int, bytes, bytes]:
        status, found = readiness(self._follower.state)
        version = self._follower.state.version
        if version is not None and not self.metrics.all_ready(str(version.ref.version)):
            status, found = 503, {"ready": False, "detail": "Not every worker has loaded the version yet."}
        return status, encode({"ready": found["ready"]} if self._auth.scheme else found), JSON

    def _schema(self) -> tuple[int, bytes, bytes]:
        version = self._follower.state.version
        if version is None:
            raise no_model(self._follower.state)
        return 200, encode(row_schema(version)), JSON

    def _metrics_page(self) -> tuple[int, bytes, bytes]:
        self.sync()
        return 200, self.metrics.text().encode(), TEXT
