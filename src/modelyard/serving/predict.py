"""The route `/predict`: body -> typed rows -> scores -> answer, all by one version."""

import asyncio
import math
import traceback
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from modelyard.bundle.served import Served
from modelyard.serving.asgi import encode
from modelyard.serving.body import Row
from modelyard.serving.problems import RefusalError
from modelyard.serving.version import Version

MOST_ROWS = 10_000
_MANY_BYTES = 50_000  # their answer is worked out beside the event loop, which meanwhile answers others


class Answer(msgspec.Struct, omit_defaults=True, gc=False):
    """What `/predict` answers."""

    predictions: list[str] | list[float]
    version: int
    id: str
    probabilities: list[dict[str, float]] | None = None


class FailedError(RefusalError):
    """The model or the user's features() failed; where is told to the log, not to the client."""

    def __init__(self, version: int, kind: str, place: str) -> None:
        super().__init__(
            500,
            f"Version {version} failed on this request.",
            "The server's log names the place, under this request id.",
        )
        self.kind = kind
        self.place = place


async def answer(version: Version, data: bytes, number: str) -> tuple[bytes, int]:
    """Return the answer to a body as JSON, and how many rows it had.

    Args:
        version: Answers the whole request.
        data: The body.
        number: The request's id.

    Raises:
        RefusalError: 400, 413 or 422 by what is wrong with the body, 500 where the model failed.
    """
    if len(data) > _MANY_BYTES:
        return await asyncio.to_thread(_answer, version, data, number)
    return _answer(version, data, number)


def _answer(version: Version, data: bytes, number: str) -> tuple[bytes, int]:
    body = version.decoder.decode(data)
    if len(body.rows) > MOST_ROWS:
        raise RefusalError(413, f"{len(body.rows):,} rows are too many for one request.", f"Send up to {MOST_ROWS:,}.")
    scores = _score(version, body.rows)
    values = scores.tolist()
    served = version.scorer.served
    if not _finite(values):
        raise FailedError(version.ref.version, "NotFinite", "the model's scores")
    found = Answer(
        predictions=served.decide(scores),
        version=version.ref.version,
        id=body.id or number,
        probabilities=_probabilities(served, values),
    )
    return encode(found), len(body.rows)


def _finite(values: list) -> bool:
    """Say whether all numbers are finite; for one row this is faster than numpy's own way."""
    return all(all(map(math.isfinite, v)) if isinstance(v, list) else math.isfinite(v) for v in values)


def _probabilities(served: Served, values: list) -> list[dict[str, float]] | None:
    if not served.classes:
        return None
    classes = served.classes
    return [dict(zip(classes, row, strict=True)) for row in values]


def _score(version: Version, rows: Sequence[Row]) -> np.ndarray:
    try:
        return version.score(rows)
    except Exception as error:  # the user's features(), or a model of any library
        cause = error.__cause__ or error
        raise FailedError(version.ref.version, type(cause).__name__, _place(cause)) from error


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
