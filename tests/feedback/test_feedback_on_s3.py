"""Labels and captures in a bucket: added, corrected, joined, monitored, merged; and a process that is killed."""

import os
import signal
import threading
from datetime import datetime, timedelta

import boto3
import polars as pl
import pytest
import watched
from children import CHILDREN
from moto.server import DomainDispatcherApplication, create_backend_app
from test_labels_joined import NOW, known, tell
from werkzeug.serving import make_server

from modelyard import capture, config
from modelyard.errors import OutsideError
from modelyard.feedback import FeedbackRequest, add
from modelyard.monitoring import MonitorRequest, history, monitor

pytestmark = pytest.mark.slow


class Bucket:
    """The S3 of a test; `at` is called around each upload of a label, and may end the process that sends it."""

    def __init__(self):
        self.at, self.refuses = None, False
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, environ, start):
        upload = environ["REQUEST_METHOD"] == "PUT" and "/labels/" in environ["PATH_INFO"]
        if self.refuses:
            start("403 Forbidden", [])
            return [b"<Error><Code>AccessDenied</Code></Error>"]
        if upload and self.at is not None:
            self.at("before")
        done = list(self._app(environ, start))
        if upload and self.at is not None:
            self.at("after")
        return done

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def bucket(monkeypatch):
    made = Bucket()
    for name, value in {
        "AWS_ENDPOINT_URL": made.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=made.url, region_name="us-east-1")
    client.create_bucket(Bucket="labelled")
    yield made
    made.stop()


@pytest.fixture
def found(bucket, tmp_path, request):
    """A project in a bucket; each test has a folder of its own, since buckets of one process are shared."""
    made = watched.project(tmp_path / "p", store=f"s3://labelled/{abs(hash(request.node.name))}")
    watched.serve(made, watched.inputs(100, 4, begin=56), entities=[f"e{i % 10}" for i in range(100)])
    return made


def test_labels_are_added_once_corrected_and_joined(found):
    labels = {"request_id": ["boot1-0", "boot1-1", "nobody"], "y": ["yes", "no", "no"]}
    first = tell(found, **labels)
    assert (first.matched, first.unmatched, first.added) == (2, 1, 3)
    assert tell(found, **labels).added == 0
    assert tell(found, NOW + timedelta(days=1), request_id=["boot1-0"], y=["no"]).corrected == 1
    assert known(found) == {"boot1-0": "no", "boot1-1": "no"}
    assert known(found, NOW) == {"boot1-0": "yes", "boot1-1": "no"}
    assert not (found.root / ".modelyard").exists()


def test_captures_in_a_bucket_are_monitored_and_merged(found):
    store = watched.store_of(found)
    for number in range(9):
        watched.serve(found, watched.inputs(40, 1, begin=60, seed=number, shift=3), boot=f"b{number}")
    told = pl.concat(list(capture.read(store))).select("request_id").with_columns(y=pl.lit("yes"))
    told.write_parquet(found.root / "labels.parquet")
    add(found, FeedbackRequest(labels="labels.parquet", as_of=NOW))
    asked = MonitorRequest(since=watched.BEGINS, as_of=datetime(2026, 1, 2))
    result = monitor(found, asked)
    assert (result.rows, result.drift.alert, result.performance.labelled) == (460, True, 460)
    assert len([key for key in store.list("captures") if "2025-03-02" in key]) == 1
    assert monitor(found, asked).rows == 460
    assert len(history.load(store)) == 2


def _child(root, environment, sender):
    os.environ.update(environment)  # the server of child processes may have begun before this test
    sender.send(os.getpid())
    add(config.load(root), FeedbackRequest(labels="labels.parquet", as_of=NOW))


@pytest.mark.parametrize(("moment", "left"), [("before", 0), ("after", 100)])
def test_a_kill_around_the_upload_leaves_all_labels_or_none(found, bucket, moment, left):
    labels = pl.DataFrame({"request_id": [f"boot1-{i}" for i in range(100)], "y": ["yes"] * 100})
    labels.write_parquet(found.root / "labels.parquet")
    sent = []

    def kill(when):
        if when == moment:
            sent.append(moment)
            os.kill(child[0], signal.SIGKILL)
            if when == "before":
                raise ConnectionError  # nobody is there any more, and nothing arrives

    child = []
    bucket.at = kill
    code = _killed(found.root, child)
    bucket.at = None
    assert (code, sent) == (-signal.SIGKILL, [moment])
    assert len(known(found)) == left
    again = add(found, FeedbackRequest(labels="labels.parquet", as_of=NOW))
    assert (again.matched, again.added) == (100, 100 - left)
    assert len(known(found)) == 100
    assert len(watched.store_of(found).list("labels")) == 1


def _killed(root, child):
    """Run `_child`, whose number is in `child` as soon as it is known."""
    receiver, sender = CHILDREN.Pipe(duplex=False)
    process = CHILDREN.Process(target=_child, args=(root, dict(os.environ), sender))
    process.start()
    sender.close()
    child.append(receiver.recv())
    process.join()
    return process.exitcode


def test_a_bucket_that_refuses_is_said(found, bucket):
    bucket.refuses = True
    with pytest.raises(OutsideError) as error:
        tell(found, request_id=["boot1-0"], y=["yes"])
    assert error.value.exit_code == 3
