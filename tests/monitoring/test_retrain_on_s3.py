"""The store is a bucket, and one retraining follows another."""

import boto3
import pytest
import retraining_project as world

from modelyard.data.store import Store
from modelyard.monitoring.retrain import retrain
from modelyard.routing import document


@pytest.fixture
def bucket(aws):
    boto3.client("s3").create_bucket(Bucket="tried")
    return "s3://tried/churn"


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
