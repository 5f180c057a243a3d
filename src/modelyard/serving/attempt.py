"""Scores the rows of one request: by the version that it was assigned to, or where that fails by its fallback."""

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from modelyard.serving.assign import CHAMPION, Assigned
from modelyard.serving.body import Body, Row
from modelyard.serving.metrics import Labels
from modelyard.serving.problems import RefusalError
from modelyard.serving.version import Version
from modelyard.serving.writer import NotFiniteError

RAISED, NOT_FINITE = "raised", "not_finite"


class Failure(NamedTuple):
    """How a version failed: `error` names the class, `place` the line; neither holds a value."""

    kind: str
    error: str
    place: str


class Try(NamedTuple):
    """One version's attempt at a request."""

    labels: Labels
    seconds: float | None  # None where it was scored together with others
    failure: Failure | None


class Asked(NamedTuple):
    """A request that is to be scored.

    Attributes:
        assigned: Who is to answer, and who does where that version fails.
        champion: By whose contract `body` was read.
        body: The rows.
        data: The bytes that they were read from.
        number: What the answer calls itself.
    """

    assigned: Assigned
    champion: Version
    body: Body
    data: bytes
    number: str

    def rows(self, version: Version) -> Sequence[Row]:
        """Return the rows as a version types them.

        Raises:
            RefusalError: Its contract does not take them.
        """
        return self.body.rows if version is self.champion else version.decoder.decode(self.data).rows


@dataclass(slots=True)
class Outcome:
    """What came of a request.

    Attributes:
        tries: In order; the last one succeeded if there is an answer.
        body: The answer as JSON; None where every version failed.
        by: Who gave it.
        rows: As that version types them.
        scores: Of the rows.
        standing: Sum of the scores that stand for the rows.
    """

    tries: list[Try] = field(default_factory=list)
    body: bytes | None = None
    by: Version | None = None
    role: str = ""
    rows: Sequence[Row] = ()
    scores: np.ndarray | None = None
    standing: float = 0.0


def attempt(asked: Asked, *, alone: bool) -> Outcome:
    """Score a request; `alone` says that no other thread scores a single row meanwhile."""
    outcome, assigned = Outcome(), asked.assigned
    _try(outcome, assigned.version, assigned.role, asked, alone=alone)
    if outcome.body is None and assigned.fallback is not None:
        _try(outcome, assigned.fallback, CHAMPION, asked, alone=alone)
    return outcome


def attempt_all(asked: Sequence[Asked]) -> list[Outcome]:
    """Score requests of one row each that are assigned to the same version.

    Where one of them fails, each is scored alone: what fails, and who answers then, is its own affair.
    """
    version = asked[0].assigned.version
    try:
        rows = [one.rows(version)[0] for one in asked]
        scores = version.score(rows)
        return [_scored(one, rows[i : i + 1], scores[i : i + 1]) for i, one in enumerate(asked)]
    except Exception:  # of any kind: the attempts that follow name it
        return [attempt(one, alone=True) for one in asked]


def _scored(asked: Asked, rows: Sequence[Row], scores: np.ndarray) -> Outcome:
    version, role = asked.assigned.version, asked.assigned.role
    body, standing = version.write(scores, asked.body.id or asked.number)
    tries = [Try((str(version.ref.version), role), None, None)]
    return Outcome(tries, body, version, role, rows, scores, standing)


def _try(outcome: Outcome, version: Version, role: str, asked: Asked, *, alone: bool) -> None:
    begin = time.perf_counter()
    failure = None
    try:
        rows = asked.rows(version)
        begin = time.perf_counter()
        scores = version.one(rows[0]) if alone and len(rows) == 1 else version.score(rows)
        seconds = time.perf_counter() - begin
        outcome.body, outcome.standing = version.write(scores, asked.body.id or asked.number)
        outcome.by, outcome.role, outcome.rows, outcome.scores = version, role, rows, scores
    except NotFiniteError:
        failure = Failure(NOT_FINITE, "NotFinite", "the model's scores")
    except RefusalError:  # the champion's contract takes these rows
        failure = Failure(RAISED, "RefusedRows", "the contract")
        seconds = time.perf_counter() - begin
    except Exception as error:  # the user's features(), or a model of any library
        seconds = time.perf_counter() - begin
        cause = error.__cause__ or error
        failure = Failure(RAISED, type(cause).__name__, _place(cause))
    outcome.tries.append(Try((str(version.ref.version), role), seconds, failure))


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
