import datetime as dt
import socket

import boto3
import pytest
from captured import add, capture, rows, shape, until, written

from modelyard.capture import compact, days, loss
from modelyard.data.store import Store

pytestmark = pytest.mark.slow

PLACE = "s3://captured-here/churn"


@pytest.fixture
def bucket(aws):
    return boto3.client("s3")


def test_rows_go_to_a_bucket_and_come_back(bucket, tmp_path):
    bucket.create_bucket(Bucket="captured-here")
    place = Store.open(PLACE, tmp_path)
    for i in range(2):
        into = capture(place, tmp_path, personal="hash")
        made = shape({"when": "timestamp", "email": "string", "*": "number"}, personal=("email",), time="when")
        add(into, made, [[dt.datetime(2013, 3, 1, hour), "ann@example.org", float(i)] for hour in range(24)])
        written(place, into)
    before = rows(place)
    assert before.height == 48
    assert before["inputs"].struct.field("email").n_unique() == 1
    assert [(each.state, each.captured, each.lost) for each in loss(place)] == [("stopped", 24, 0)] * 2
    assert compact(place, dt.date(2013, 3, 1)).merged == 1
    assert days(place) == {dt.date(2013, 3, 1): 1}
    assert rows(place).sort("boot", "sequence").equals(before.sort("boot", "sequence"))
    assert rows(place, until=dt.datetime(2013, 3, 1, 2)).height == 4


def test_a_bucket_that_comes_late_gets_what_waited(bucket, tmp_path):
    place = Store.open(PLACE, tmp_path)
    into = capture(place, tmp_path, flush_s=0.05)
    into.start()
    add(into, shape(), [[1.0]])
    until(lambda: into.counters["capture_failures_total"] >= 1)
    bucket.create_bucket(Bucket="captured-here")
    until(lambda: into.counters["capture_written_rows_total"] == 1)
    into.stop()
    assert rows(place).height == 1


def test_an_address_that_never_answers_costs_rows_and_no_time(monkeypatch, tmp_path):
    with socket.socket() as silent:  # accepts nothing, answers nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        into = capture(Store.open(PLACE, tmp_path), tmp_path, flush_s=0.05, personal="hash")
        into.start()
        made = shape()
        for _ in range(200):
            add(into, made, [[1.0]])
        into.stop(1)
    assert into.counters["capture_dropped_rows_total"] == 200
