"""The route `/predict`: answers first, then counts, captures, mirrors and logs."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from functools import partial

import numpy as np

from modelyard.serving.assign import CHAMPION, Assigned
from modelyard.serving.attempt import Failure, Outcome, attempt
from modelyard.serving.body import Body
from modelyard.serving.follow import Follower
from modelyard.serving.keeper import Keeper
from modelyard.serving.logs import Log
from modelyard.serving.metrics import NOBODY, Labels, Metrics
from modelyard.serving.mirror import Mirror
from modelyard.serving.problems import RefusalError
from modelyard.serving.reply import Reply, Request, check_body, refused, request_id
from modelyard.serving.state import State
from modelyard.serving.version import Version

PREDICT = "/predict"
MOST_ROWS = 10_000
MANY_BYTES = 50_000  # their answer is worked out beside the event loop, which meanwhile answers others
_OK, _FAILED = 200, 500


@dataclass(slots=True)
class _Asked:
    """A request and what the server knew when it came."""

    request: Request
    number: str
    state: State
    begin: float


@dataclass(slots=True)
class _Read:
    """A request's rows by the champion's contract, and who answers them."""

    body: Body
    champion: Version
    assigned: Assigned


class Predict:
    """Answers prediction requests, each wholly by one version."""

    def __init__(self, follower: Follower, metrics: Metrics, log: Log, keeper: Keeper) -> None:
        self._follower = follower
        self._metrics = metrics
        self._log = log
        self._keeper = keeper
        self.mirror = Mirror(metrics, keeper, log)

    def __call__(self, request: Request) -> Reply | Awaitable[Reply]:
        """Answer one request; a large one later."""
        number = request_id(request.headers).decode()
        asked = _Asked(request, number, self._follower.state, time.perf_counter())
        if len(request.body) > MANY_BYTES:
            return self._beside(asked)
        try:
            return self._reply(asked, *_answer(asked, alone=True))
        except RefusalError as refusal:
            return self._refused(asked, refusal)

    async def _beside(self, asked: _Asked) -> Reply:
        try:
            return self._reply(asked, *await asyncio.to_thread(_answer, asked, alone=False))
        except RefusalError as refusal:
            return self._refused(asked, refusal)

    def _refused(self, asked: _Asked, refusal: RefusalError) -> Reply:
        version = asked.state.version
        labels = NOBODY if version is None else (str(version.ref.version), CHAMPION)
        self._told(asked, labels, refusal.status, time.perf_counter() - asked.begin)
        return refused(refusal, asked.number.encode())

    def _reply(self, asked: _Asked, read: _Read, outcome: Outcome) -> Reply:
        number = asked.number.encode()
        after = partial(self._after, asked, read, outcome, time.perf_counter() - asked.begin)
        if outcome.body is not None:
            return Reply(_OK, outcome.body, number, after=after)
        named = read.assigned.version.ref.version
        hint = "The server's log names the place, under this request id."
        reply = refused(RefusalError(_FAILED, f"Version {named} failed on this request.", hint), number)
        return reply._replace(after=after)

    def _after(self, asked: _Asked, read: _Read, outcome: Outcome, seconds: float) -> None:
        """Keep what is to be kept of a request that was answered."""
        for tried in outcome.tries:
            self._metrics.series(tried.labels).tried(tried.seconds, tried.failure and tried.failure.kind)
        labels, _, failure = outcome.tries[0]
        if outcome.by is not None and outcome.scores is not None:
            self._metrics.series(labels).predicted(len(outcome.rows), outcome.standing)
            self._kept(asked, read, outcome, outcome.by, outcome.scores)
            self._told(asked, labels, _OK, seconds, len(outcome.rows), failure)
        else:
            self._told(asked, labels, _FAILED, seconds, failure=failure)

    def _kept(self, asked: _Asked, read: _Read, outcome: Outcome, by: Version, scores: np.ndarray) -> None:
        number, entity, now = asked.number, read.body.id, time.time()
        by.watch(outcome.rows, self._metrics.unseen(str(by.ref.version)))
        self._keeper.add(by.shape, outcome.role, number, entity, outcome.rows, scores, now)
        shadow = asked.state.shadow
        if shadow is not None:
            self.mirror.add(shadow, read.champion, read.body, asked.request.body, number, now)

    def _told(  # noqa: PLR0913 - all of it belongs to one line
        self,
        asked: _Asked,
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
            self._log.request(PREDICT, asked.number, status, seconds, rows, labels[0], error, place)


def _answer(asked: _Asked, *, alone: bool) -> tuple[_Read, Outcome]:
    read = _read(asked)
    found = attempt(read.assigned, read.champion, read.body, asked.request.body, asked.number, alone=alone)
    return read, found


def _read(asked: _Asked) -> _Read:
    """Return who answers, and the rows by the champion's contract.

    Raises:
        RefusalError: 400, 405, 413, 415 or 422 by what is wrong, 503 without a model.
    """
    state, request = asked.state, asked.request
    if request.method != "POST":
        raise RefusalError(405, "This route takes POST.", headers=[(b"allow", b"POST")])
    check_body(request)
    version = state.version
    if version is None:
        raise no_model(state)
    body = version.decoder.decode(request.body)
    if len(body.rows) > MOST_ROWS:
        raise RefusalError(413, f"{len(body.rows):,} rows are too many for one request.", f"Send up to {MOST_ROWS:,}.")
    assigned = state.assign(body.id, asked.number)
    return _Read(body, version, assigned or Assigned(version, CHAMPION, True, None))


def no_model(state: State) -> RefusalError:
    """Return the refusal while no version is loaded."""
    return RefusalError(503, state.problem, state.hint, headers=[(b"retry-after", b"1")])
