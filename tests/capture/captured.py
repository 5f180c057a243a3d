"""Makes shapes and captures by hand, and stores that fail on demand."""

import threading
import time

import numpy as np
import polars as pl

from modelyard.capture import Capture, read, shape_of
from modelyard.config.serving import Capture as Config
from modelyard.data.contract import Column
from modelyard.data.store import Store
from modelyard.errors import OutsideError

SHA = "ab" * 32
NOON = 1_763_726_400.0  # 2025-11-21T12:00:00Z
YES = np.array([[0.25, 0.75]])


def store(tmp_path):
    return Store.open("store", tmp_path)


def shape(types=None, sha256=SHA, personal=(), classes=("no", "yes"), **more):
    types = types or {"a": "number"}
    columns = [Column(name=n, type=t, personal=n in personal) for n, t in types.items()]
    return shape_of(1, sha256, columns, classes=classes, **more)


def capture(place, tmp_path, **options):
    config = Config(**{k: options.pop(k) for k in ("personal", "enabled") if k in options})
    return Capture(place, config, spool=tmp_path / "spool", **options)


def add(into, shape, rows, scores=None, request="r", entity=None, received=NOON, role="champion"):
    scores = np.repeat(YES, len(rows), axis=0) if scores is None else np.array(scores)
    into.add(shape, role, request, entity, rows, scores, received)


def written(place, into):
    """Return all rows, after an orderly end."""
    into.start()
    into.stop(10)
    return rows(place)


def rows(place, **options):
    frames = list(read(place, **options))
    return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()


def until(said, seconds=20.0):
    """Wait for something that other threads bring about."""
    end = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)


class Failing:
    """A store whose writes below `captures/date=` fail, or hang, until told otherwise."""

    def __init__(self, store, how="fail"):
        self.how = how
        self.tries = 0
        self.release = threading.Event()
        self._store = store

    def put(self, key, data):
        if key.startswith("captures/date="):
            self.tries += 1
            if self.how == "hang":
                self.release.wait(60)
            if self.how == "fail":
                raise OutsideError("The disk is full.")
        self._store.put(key, data)

    def __getattr__(self, name):
        return getattr(self._store, name)
