import pytest
from platforms import planned, resources

from modelyard.infra.components import tags
from modelyard.infra.plan import sdk

pytestmark = pytest.mark.slow

WANTED = {"modelyard:project", "modelyard:env", "modelyard:layer", "ManagedBy"}


def test_every_resource_that_can_be_tagged_is_tagged():
    untagged = [
        one.urn
        for layer in planned("dev").layers
        for one in layer.resources
        if one.type.startswith("aws:")
        and "tags" in sdk.shape(one.type).inputs
        and not set(one.inputs.get("tags") or {}) >= WANTED
    ]
    assert untagged == []


def test_the_tags_name_the_layer_and_the_environment():
    bucket = resources(planned("prod"), "s3/bucket:Bucket")[0]
    assert bucket.inputs["tags"]["modelyard:env"] == "prod"
    assert bucket.inputs["tags"]["modelyard:layer"] == "lake"
    assert bucket.inputs["tags"]["modelyard:project"] == "acme"


def test_what_belongs_to_a_repository_carries_its_name():
    made = planned("dev")
    service = [
        one for layer in made.layers if layer.name == "project" for one in layer.resources if one.inputs.get("tags")
    ]
    assert {one.inputs["tags"]["modelyard:project"] for one in service} == {"churn"}


def test_a_component_s_own_tags_win_and_the_common_ones_stay():
    subnets = resources(planned("dev", "network"), "ec2/subnet:Subnet")
    public = next(one for one in subnets if one.name == "main-public-0").inputs["tags"]
    assert public["kubernetes.io/role/elb"] == "1"
    assert set(public) >= WANTED


def test_the_user_s_tags_are_on_everything_and_cannot_replace_ours():
    made = planned("dev", "network", tags={"cost-centre": "42", "ManagedBy": "somebody"})
    vpc = resources(made, "ec2/vpc:Vpc")[0].inputs["tags"]
    assert vpc["cost-centre"] == "42"
    assert vpc["ManagedBy"] == "modelyard"


def test_labels_say_the_same_as_tags():
    assert tags.labels("dev", "training", "acme")["modelyard.io/env"] == "dev"
