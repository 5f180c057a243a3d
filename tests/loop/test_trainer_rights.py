"""A training job asks the store for what its policy allows, and may write nothing that decides what serves."""

import projects
import pytest
import recording
from platforms import planned, resources
from policy_verdicts import Role

from modelyard.loop.run import RunRequest, run

pytestmark = pytest.mark.slow
LAYERS = ("account", "lake", "training")
SNAPSHOTS = "snapshots/*"


def trainer():
    """Return the role of the service account of training jobs, under the name that the plan gives it."""
    joined = resources(planned("dev", "training"), "eks/podIdentityAssociation:PodIdentityAssociation")
    arn = next(one.inputs["roleArn"] for one in joined if one.inputs["serviceAccount"] == "trainer-churn")
    return Role(arn.rpartition("/")[2], layers=LAYERS)


def test_training_asks_for_what_its_role_may_also_beside_a_champion(project, asked):
    made = project()
    run(made, RunRequest())
    asked.clear()
    run(projects.edit(made.root, training__seed=5), RunRequest(stages=("evaluate",), force=True))
    role = trainer()
    assert any(key.startswith("models/") for _, key in asked)  # the champion's
    assert [one for one in sorted(asked) if not role.may(**recording.request(*one))] == []


def test_of_the_store_a_training_job_writes_the_snapshots_and_may_write_no_more(project, asked):
    run(project(), RunRequest(stages=("evaluate",)))
    assert {key.split("/")[0] for action, key in asked if action == "s3:PutObject"} == {"snapshots"}
    allowed = [
        resource
        for statement in trainer().policy
        if "s3:PutObject" in statement["Action"]
        for resource in statement["Resource"]
    ]
    assert [resource.partition("/churn/")[2] for resource in allowed] == [SNAPSHOTS]


@pytest.mark.parametrize("key", ["routing.json", "models/a/model.json", "audit/000001.json", "captures/a", "labels/a"])
def test_what_serves_and_what_was_said_of_it_is_not_for_a_training_job(key):
    assert not trainer().may(**recording.request("s3:PutObject", key))
    assert not trainer().may(**recording.request("s3:DeleteObject", f"snapshots/{key}"))
    assert Role("churn-dev-loop").may(**recording.request("s3:PutObject", key))
