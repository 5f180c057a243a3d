"""The routing document in a bucket: its age by the bucket's own clock, and swaps and renewals by If-Match."""

import threading
import time
import urllib.request
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from modelyard.data.store import Store
from modelyard.routing import Ref, Release, audit
from modelyard.routing.document import KEY, read, renew, swap


@pytest.fixture
def store(monkeypatch):
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t", "AWS_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="tried")
    yield Store.open("s3://tried/churn", Path())
    server.stop()


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
