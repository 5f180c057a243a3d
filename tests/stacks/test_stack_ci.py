import pytest
from platforms import only, planned, resources, statements

pytestmark = pytest.mark.slow

ARN = "arn:aws:codeconnections:eu-central-1:123456789012:connection/0f0f"


def test_a_runner_stands_in_private_subnets_and_nothing_comes_in():
    made = planned("dev")
    project = only(made, "codebuild/project:Project")
    network = next(layer for layer in made.layers if layer.name == "network").outputs
    assert project["vpcConfig"]["subnets"] == network["private_subnet_ids"]
    own = next(layer for layer in made.layers if layer.name == "ci")
    assert not [one for one in own.resources if one.type.endswith("SecurityGroupIngressRule")]


def test_a_runner_may_call_the_registry():
    made = planned("dev")
    registry = next(layer for layer in made.layers if layer.name == "registry").outputs
    project = only(made, "codebuild/project:Project")
    assert registry["client_security_group_id"] in project["vpcConfig"]["securityGroupIds"]


def test_the_project_s_name_is_what_becomes_the_repository_s_variable():
    made = planned("dev", "ci")
    assert made.layers[0].outputs["runners"] == {"churn": only(made, "codebuild/project:Project")["name"]}


def test_each_repository_has_runners_of_its_own():
    made = planned("dev", "ci", repositories=[{"name": "churn"}, {"name": "fraud", "repository": "Fraud-ML"}])
    where = {one.name: one.inputs["source"]["location"] for one in resources(made, "codebuild/project:Project")}
    assert where == {"churn": "https://github.com/acme/churn.git", "fraud": "https://github.com/acme/Fraud-ML.git"}


def test_the_webhook_waits_until_the_connection_is_authorised():
    kind = "codebuild/webhook:Webhook"
    assert not resources(planned("dev", "ci"), kind)
    assert resources(planned("dev", "ci", environments__dev__ci__authorised=True), kind)
    given = planned("dev", "ci", environments__dev__ci__connection_arn=ARN)
    assert resources(given, kind)
    assert not resources(given, "codeconnections/connection:Connection")
    assert only(given, "codebuild/project:Project")["source"]["auth"]["resource"] == ARN


def test_only_queued_jobs_of_named_workflows_start_a_machine():
    made = planned("dev", "ci", environments__dev__ci={"authorised": True, "workflows": ["train", "release"]})
    filters = only(made, "codebuild/webhook:Webhook")["filterGroups"][0]["filters"]
    assert filters == [
        {"type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED"},
        {"type": "WORKFLOW_NAME", "pattern": "^(train|release)$"},
    ]


def test_the_runner_s_role_opens_its_interface_and_writes_its_log():
    policy = statements(only(planned("dev", "ci"), "iam/rolePolicy:RolePolicy", "churn-allows"))
    assert set(policy) == {"Look", "Interface", "Attach", "Log", "Connection"}
    subnets = policy["Attach"]["Condition"]["ArnEquals"]["ec2:Subnet"]
    assert all(one.startswith("arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-") for one in subnets)


def test_without_runners_the_layer_is_left_out():
    made = planned("dev", environments={"dev": {"ci": {"enabled": False}}})
    assert "ci" not in [layer.name for layer in made.layers]
