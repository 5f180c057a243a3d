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
    seconds: float
    failure: Failure | None


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


def attempt(  # noqa: PLR0913 - the parts of a request, on the hot path
    assigned: Assigned, champion: Version, asked: Body, data: bytes, number: str, *, alone: bool
) -> Outcome:
    """Score a request.

    Args:
        assigned: Who is to answer, and who does where that version fails.
        champion: By whose contract `asked` was read.
        asked: The rows.
        data: The body that they were read from.
        number: What the answer calls itself.
        alone: Whether no other thread scores a single row meanwhile.
    """
    outcome = Outcome()
    _try(outcome, assigned.version, assigned.role, champion, asked, data, number, alone=alone)
    if outcome.body is None and assigned.fallback is not None:
        _try(outcome, assigned.fallback, CHAMPION, champion, asked, data, number, alone=alone)
    return outcome


def _try(  # noqa: PLR0913 - the parts of a request, on the hot path
    outcome: Outcome,
    version: Version,
    role: str,
    champion: Version,
    asked: Body,
    data: bytes,
    number: str,
    *,
    alone: bool,
) -> None:
    begin = time.perf_counter()
    failure = None
    try:
        rows = asked.rows if version is champion else version.decoder.decode(data).rows
        begin = time.perf_counter()
        scores = version.one(rows[0]) if alone and len(rows) == 1 else version.score(rows)
        seconds = time.perf_counter() - begin
        outcome.body, outcome.standing = version.write(scores, asked.id or number)
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
