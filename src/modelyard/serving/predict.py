"""The route `/predict`: answers first, then counts, captures, mirrors and logs."""

import asyncio
import time
from collections.abc import Awaitable
from functools import partial
from typing import NamedTuple

import numpy as np

from modelyard.serving.assign import CHAMPION, Assigned
from modelyard.serving.attempt import Asked, Failure, Outcome, attempt
from modelyard.serving.follow import Follower
from modelyard.serving.keeper import Keeper
from modelyard.serving.logs import Log
from modelyard.serving.metrics import NOBODY, Labels, Metrics
from modelyard.serving.mirror import Mirror
from modelyard.serving.problems import RefusalError
from modelyard.serving.reply import MOST_ROWS, Later, Reply, Request, check_body, refused, request_id
from modelyard.serving.state import State
from modelyard.serving.turn import After, Turn
from modelyard.serving.version import Version

PREDICT = "/predict"
MANY_BYTES = 50_000  # their answer is worked out beside the event loop, which meanwhile answers others
_OK, _FAILED = 200, 500


class _Call(NamedTuple):
    """A request and what the server knew when it came."""

    request: Request
    number: str
    state: State
    begin: float


class Predict:
    """Answers prediction requests, each wholly by one version."""

    def __init__(self, follower: Follower, metrics: Metrics, log: Log, keeper: Keeper) -> None:
        self._follower = follower
        self._metrics = metrics
        self._log = log
        self._keeper = keeper
        self._turn = Turn()
        self.mirror = Mirror(metrics, keeper, log)

    def __call__(self, request: Request) -> Reply | Awaitable[Reply]:
        """Answer one request: a single row together with others that have arrived, a large one later."""
        number = request_id(request.headers).decode()
        call = _Call(request, number, self._follower.state, time.perf_counter())
        if len(request.body) > MANY_BYTES:
            return self._beside(call)
        try:
            asked = _read(call)
        except RefusalError as refusal:
            return self._refused(call, refusal)
        if len(asked.body.rows) != 1:
            return self._now(call, asked, attempt(asked, alone=True))
        later = Later()

        def told(outcome: Outcome) -> After:
            after = self._after(call, asked, outcome)
            later.come(_reply(call, asked, outcome))
            return after

        self._turn.add(asked, told)
        return later

    async def _beside(self, call: _Call) -> Reply:
        try:
            return self._now(call, *await asyncio.to_thread(_answer, call))
        except RefusalError as refusal:
            return self._refused(call, refusal)

    def _refused(self, call: _Call, refusal: RefusalError) -> Reply:
        version = call.state.version
        labels = NOBODY if version is None else (str(version.ref.version), CHAMPION)
        self._told(call, labels, refusal.status, time.perf_counter() - call.begin)
        return refused(refusal, call.number.encode())

    def _now(self, call: _Call, asked: Asked, outcome: Outcome) -> Reply:
        return _reply(call, asked, outcome, self._after(call, asked, outcome))

    def _after(self, call: _Call, asked: Asked, outcome: Outcome) -> After:
        return partial(self._keep, call, asked, outcome, time.perf_counter() - call.begin)

    def _keep(self, call: _Call, asked: Asked, outcome: Outcome, seconds: float) -> None:
        """Keep what is to be kept of a request that was answered."""
        rows = len(asked.body.rows)
        for tried in outcome.tries:
            self._metrics.series(tried.labels).tried(tried.seconds, tried.failure and tried.failure.kind, rows)
        labels, _, failure = outcome.tries[0]
        if rows > 1:
            self._metrics.series(labels).batch_request.add(seconds)
        if outcome.by is not None and outcome.scores is not None:
            self._metrics.series(labels).predicted(len(outcome.rows), outcome.standing)
            self._kept(call, asked, outcome, outcome.by, outcome.scores)
            self._told(call, labels, _OK, seconds, len(outcome.rows), failure)
        else:
            self._told(call, labels, _FAILED, seconds, failure=failure)

    def _kept(self, call: _Call, asked: Asked, outcome: Outcome, by: Version, scores: np.ndarray) -> None:
        number, entity, now = call.number, asked.body.id, time.time()
        by.watch(outcome.rows, self._metrics.unseen(str(by.ref.version)))
        self._keeper.add(by.shape, outcome.role, number, entity, outcome.rows, scores, now)
        shadow = call.state.shadow
        if shadow is not None:
            self.mirror.add(shadow, asked.champion, asked.body, call.request.body, number, now)

    def _told(  # noqa: PLR0913 - all of it belongs to one line
        self,
        call: _Call,
        labels: Labels,
        status: int,
        seconds: float,
        rows: int = 0,
        failure: Failure | None = None,
    ) -> None:
        self._metrics.request(PREDICT, status, labels)
        self._metrics.series(labels).request.add(seconds)
        if failure is not None or status != _OK or self._log.has_room():
            error, place = (failure.error, failure.place) if failure else ("", "")
            self._log.request(PREDICT, call.number, status, seconds, rows, labels[0], error, place)


def _reply(call: _Call, asked: Asked, outcome: Outcome, after: After | None = None) -> Reply:
    number = call.number.encode()
    if outcome.body is not None:
        return Reply(_OK, outcome.body, number, after=after)
    named = asked.assigned.version.ref.version
    hint = "The server's log names the place, under this request id."
    failed = RefusalError(_FAILED, f"Version {named} failed on this request.", hint)
    return refused(failed, number)._replace(after=after)


def _answer(call: _Call) -> tuple[Asked, Outcome]:
    asked = _read(call)
    return asked, attempt(asked, alone=False)


def _read(call: _Call) -> Asked:
    """Return who answers, and the rows by the champion's contract.

    Raises:
        RefusalError: 400, 405, 413, 415 or 422 by what is wrong, 503 without a model.
    """
    state, request = call.state, call.request
    if request.method != "POST":
        raise RefusalError(405, "This route takes POST.", headers=[(b"allow", b"POST")])
    check_body(request)
    version = state.version
    if version is None:
        raise no_model(state)
    body = version.decoder.decode(request.body)
    if len(body.rows) > MOST_ROWS:
        raise RefusalError(413, f"{len(body.rows):,} rows are too many for one request.", f"Send up to {MOST_ROWS:,}.")
    assigned = state.assign(body.id, call.number)
    known = assigned or Assigned(version, CHAMPION, True, None)
    return Asked(known, version, body, request.body, call.number)


def no_model(state: State) -> RefusalError:
    """Return the refusal while no version is loaded."""
    return RefusalError(503, state.problem, state.hint, headers=[(b"retry-after", b"1")])
