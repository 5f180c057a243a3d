"""Writes the answers of a version: one row by filling in bytes, more of them through msgspec."""

import math
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from modelyard.bundle.served import Served

Write = Callable[[np.ndarray, str], tuple[bytes, float]]
"""Scores and the request's id -> the answer, and the sum of the scores that stand for its rows."""

_encode = msgspec.json.Encoder().encode


class NotFiniteError(Exception):
    """A score is not a finite number."""


class _Answer(msgspec.Struct, omit_defaults=True, gc=False):
    predictions: list[str] | list[float]
    version: int
    id: str
    probabilities: list[dict[str, float]] | None = None


def writer(served: Served, version: int) -> Write:
    """Return the function that writes answers.

    It raises NotFiniteError where a score is NaN or infinite.
    """
    one = _one_of(served, version)

    def write(scores: np.ndarray, number: str) -> tuple[bytes, float]:
        return one(scores, number) if len(scores) == 1 else _many(served, version, scores, number)

    return write


def _many(served: Served, version: int, scores: np.ndarray, number: str) -> tuple[bytes, float]:
    if not np.isfinite(scores).all():
        raise NotFiniteError
    classes = served.classes
    shares = [dict(zip(classes, row, strict=True)) for row in scores.tolist()] if classes else None
    found = _Answer(predictions=served.decide(scores), version=version, id=number, probabilities=shares)
    return _encode(found), float(_standing(scores).sum())


def _standing(scores: np.ndarray) -> np.ndarray:
    if scores.ndim == 1:
        return scores
    return scores[:, 1] if scores.shape[1] == 2 else scores.max(axis=1, initial=0.0)


def _one_of(served: Served, version: int) -> Write:
    if served.task == "regression":
        return _number(version)
    if served.task == "binary" and len(served.classes) == 2:
        return _binary(served, version)
    return lambda scores, number: _many(served, version, scores, number)


def _number(version: int) -> Write:
    middle = b'],"version":%d,"id":' % version

    def write(scores: np.ndarray, number: str) -> tuple[bytes, float]:
        value = scores.item()
        if not math.isfinite(value):
            raise NotFiniteError
        return b'{"predictions":[%a%b%b}' % (value, middle, _encode(number)), value

    return write


def _binary(served: Served, version: int) -> Write:
    cut = 0.5 if served.threshold is None else served.threshold
    negative, positive = served.classes
    heads = [b'{"predictions":[%b],"version":%d,"id":' % (_encode(name), version) for name in (negative, positive)]
    first, second = b',"probabilities":[{%b:' % _encode(negative), b",%b:" % _encode(positive)

    def write(scores: np.ndarray, number: str) -> tuple[bytes, float]:
        no, yes = scores.tolist()[0]
        if not (math.isfinite(no) and math.isfinite(yes)):
            raise NotFiniteError
        found: list[Any] = [heads[yes >= cut], _encode(number), first, b"%a" % no, second, b"%a" % yes, b"}]}"]
        return b"".join(found), yes

    return write
