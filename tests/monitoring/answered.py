"""Writes captured rows as a server does, without one: tables of inputs and scores, by version."""

import io
from datetime import datetime

import numpy as np
import polars as pl

from modelyard.capture import keys
from modelyard.capture.days import by_day
from modelyard.capture.rows import SCHEMA


def rows(
    inputs,
    scores,
    sha256="a" * 64,
    *,
    version=1,
    times=None,
    received=None,
    classes=("no", "yes"),
    threshold=0.5,
    requests=None,
    entities=None,
    role="champion",
    boot="boot1",
    first=0,
    numbers=None,
):
    """Captured rows with the documented columns; one request per row unless `requests` says otherwise."""
    n = inputs.height
    scores = np.asarray(scores, dtype=float)
    matrix = scores.reshape(n, -1) if scores.ndim == 1 and not classes else scores
    if classes and scores.ndim == 1:
        matrix = np.column_stack([1 - scores, scores])
    if not classes:
        prediction, score = [None] * n, matrix[:, 0]
    elif len(classes) == 2:
        prediction, score = [classes[int(p >= threshold)] for p in matrix[:, 1]], matrix[:, 1]
    else:
        prediction, score = [classes[k] for k in matrix.argmax(axis=1)], [None] * n
    now = received or datetime(2026, 1, 1)
    head = {
        "request_id": requests if requests is not None else [f"{boot}-{first + i}" for i in range(n)],
        "row": numbers if numbers is not None else [0] * n,
        "entity": entities if entities is not None else [None] * n,
        "event_time": times if times is not None else [None] * n,
        "received_time": [now] * n if isinstance(now, datetime) else now,
        "version": [version] * n,
        "sha256": [sha256] * n,
        "role": [role] * n,
        "boot": [boot] * n,
        "sequence": list(range(first, first + n)),
        "prediction": prediction,
        "score": score,
        "scores": matrix.tolist(),
    }
    frame = pl.DataFrame(head, schema=SCHEMA, strict=False)
    return frame.with_columns(inputs.to_struct("inputs"))


def store(place, frame):
    """Write captured rows into the store, one file per day."""
    for day, part in by_day(frame):
        file = io.BytesIO()
        part.write_parquet(file)
        place.put(
            keys.written(day, part["sha256"][0], part["boot"][0], part["sequence"][0], part["sequence"][-1]),
            file.getvalue(),
        )
