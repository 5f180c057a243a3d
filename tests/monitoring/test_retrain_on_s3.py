"""The store is a bucket, and one retraining follows another."""

import urllib.request

import boto3
import pytest
import retraining_project as world
from moto.server import ThreadedMotoServer

from modelyard.data.store import Store
from modelyard.monitoring.retrain import retrain
from modelyard.routing import document


@pytest.fixture
def bucket(monkeypatch):
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    # servers of one process share their buckets
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="tried")
    yield "s3://tried/churn"
    server.stop()


def promote(store: Store):
    def change(routing):
        return routing.model_copy(update={"champion": routing.challenger, "challenger": None})

    document.swap(store, change, why="the canary passed", action="promoted")


@pytest.mark.slow
def test_a_second_retraining_keeps_what_the_first_learned(bucket, tmp_path):
    places = {"local": {"store": bucket, "tracking": "sqlite:///mlflow.db"}}
    project = world.made(tmp_path / "project", environments=places, retrain={"cooldown_h": 0})
    store = world.store_of(project)
    world.serve(project)
    first = retrain(project, [], as_of=world.later())
    assert (first.state, first.version, first.rows.added) == ("waiting", 2, 300)
    promote(store)
    assert retrain(project, [], as_of=world.later()).reason == "too_few_labels"  # the new champion has seen them
    world.serve(project, begin=world.ROWS + 300, boot="later")
    second = retrain(project, [], as_of=world.later(begin=world.ROWS + 600))
    assert (second.state, second.version) == ("waiting", 3)
    assert (second.rows.new, second.rows.added) == (300, 600)
