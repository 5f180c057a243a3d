"""The routing document in a bucket: its age by the bucket's own clock, and swaps and renewals by If-Match.

On two servers that share no code, moto's and versitygw; what needs writers at once on moto's only.
"""

import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from buckets import moto, versitygw
from children import CHILDREN

from modelyard.data.store import Store
from modelyard.routing import Ref, Release, audit
from modelyard.routing.document import KEY, read, renew, swap

pytestmark = pytest.mark.slow


@pytest.fixture(params=[moto, versitygw])
def store(monkeypatch, tmp_path, request):
    with request.param(tmp_path) as world:
        for name, value in {"AWS_REGION": "us-east-1", **world}.items():
            monkeypatch.setenv(name, value)
        yield Store.open("s3://tried/churn", Path())


def begin(routing):
    one, two = Ref(version=1, sha256="a"), Ref(version=2, sha256="b")
    release = Release(
        id="r", state="running", challenger=two, champion=one, steps=(5,), step=0, lease_s=30, holder="me", started="",
        step_since="",
    )  # fmt: skip
    return routing.model_copy(update={"champion": one, "release": release, "weights": {"1": 0.0}})


def test_an_object_has_an_age_by_the_clock_of_the_bucket_whatever_ours_says(store, monkeypatch):
    assert store.get_aged(KEY) is None
    swap(store, begin, why="", action="release_started")
    data, etag, age = store.get_aged(KEY)
    assert (data, etag) == store.get_tagged(KEY)
    assert age < 10
    wrong = time.time
    monkeypatch.setattr(time, "time", lambda: wrong() - 86_400)
    assert Store.open(store.uri, Path()).get_aged(KEY)[2] < 10


def test_a_document_is_created_once_and_replaced_only_by_who_has_read_it(store):
    assert store.put_new(KEY, b"one")
    assert not store.put_new(KEY, b"two")
    _, etag = store.get_tagged(KEY)
    assert store.put_if(KEY, b"three", etag)
    assert not store.put_if(KEY, b"four", etag)
    assert store.get(KEY) == b"three"


# these two not on versitygw: over a folder it compares and replaces in two steps, between which another writer fits
@pytest.mark.parametrize("store", [moto], indirect=True)
def test_swaps_and_renewals_at_once_lose_nothing(store):
    swap(store, begin, why="", action="release_started")
    done = threading.Event()

    def renewing():
        while not done.wait(0.02):
            renew(store, "me")

    thread = threading.Thread(target=renewing)
    thread.start()
    for _ in range(5):
        swap(store, lambda r: r.model_copy(update={"weights": {"1": r.weights["1"] + 1}}), why="", action="counted")
    done.set()
    thread.join()
    assert read(store).weights == {"1": 5.0}
    assert read(store).generation == 6
    assert [e.generation for e in audit.events(store)] == [1, 2, 3, 4, 5, 6]


def add(uri, times):
    """Count in the document; in a process of its own."""
    for _ in range(times):
        swap(
            Store.open(uri, Path()), lambda r: r.model_copy(update={"weights": {"1": r.weights.get("1", 0.0) + 1}}),
            why="", action="counted",
        )  # fmt: skip


@pytest.mark.parametrize("store", [moto], indirect=True)
def test_processes_at_once_lose_no_swap_and_no_event(store):
    children = [CHILDREN.Process(target=_in_world, args=(dict(os.environ), store.uri, 5)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 4
    assert read(store).weights == {"1": 20.0}
    assert [e.generation for e in audit.events(store)] == list(range(1, 21))


def _in_world(world, uri, times):
    os.environ.update(world)
    add(uri, times)
