"""The role that looks at an environment: it is asked of nobody, so what it may not is as much a part of it."""

import json

import pytest
from platforms import only, planned, resources, statements
from policy_verdicts import Role, store_arn

pytestmark = pytest.mark.slow

OIDC = "token.actions.githubusercontent.com"
HERE = "eu-central-1:123456789012"
STORE = "{store}/churn/"
HANDS_OVER = {"iam__PassedToService": "ecs-tasks.amazonaws.com"}
OURS = {"cloudwatch__namespace": "Modelyard"}
CHANGES = {  # what each needs to be allowed at all
    ("ecr:PutImage", f"arn:aws:ecr:{HERE}:repository/churn-dev"): {},
    ("ecs:RegisterTaskDefinition", f"arn:aws:ecs:{HERE}:task-definition/churn-dev-server:1"): {},
    ("ecs:UpdateService", f"arn:aws:ecs:{HERE}:service/acme-dev-serving/churn-dev-server"): {},
    ("iam:PassRole", "arn:aws:iam::123456789012:role/churn-dev-service-task"): HANDS_OVER,
    ("s3:PutObject", f"{STORE}routing.json"): {},
    ("s3:PutObject", f"{STORE}retraining.json"): {},
    ("s3:PutObject", f"{STORE}models/{'a' * 64}/model.json"): {},
    ("s3:PutObject", f"{STORE}snapshots/1/data.parquet"): {},
    ("s3:PutObject", f"{STORE}audit/000001.json"): {},
    ("s3:PutObject", f"{STORE}labels/20260101T000000-1.parquet"): {},
    ("s3:PutObject", f"{STORE}captures/boots/one.json"): {},
    ("s3:DeleteObject", f"{STORE}models/{'a' * 64}/model.onnx"): {},
    ("s3:DeleteObject", f"{STORE}alerts.json"): {},
    ("s3:GetObject", f"{STORE}captures/hash.key"): {},  # with it personal values can be guessed
    ("s3:GetObject", f"{STORE}models/{'a' * 64}/model.onnx"): {},
    ("s3:GetObject", "arn:aws:s3:::acme-dev-lake-123456789012/raw/rows.parquet"): {},
}


def at(resource, env="dev"):
    return resource.format(store=store_arn(env))


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_it_is_taken_from_main_in_both_forms_and_from_no_environment(env):
    made = only(planned(env, "account"), "iam/role:Role", f"churn-{env}-watch")
    trusted = statements(made, "assumeRolePolicy")["Github"]["Condition"]
    assert trusted == {
        "StringEquals": {
            f"{OIDC}:aud": "sts.amazonaws.com",
            f"{OIDC}:sub": ["repo:acme/churn:ref:refs/heads/main", "repo:acme@77/churn@88:ref:refs/heads/main"],
            f"{OIDC}:repository_id": "88",
            f"{OIDC}:repository_owner_id": "77",
        }
    }


@pytest.mark.parametrize(("action", "resource"), CHANGES)
def test_what_changes_an_environment_is_for_the_role_that_is_approved_only(action, resource):
    context = CHANGES[action, resource]
    assert Role("churn-dev-loop").may(action, at(resource), **context)
    assert not Role("churn-dev-watch").may(action, at(resource), **context)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:GetObject", f"{STORE}routing.json", {}),
        ("s3:GetObject", f"{STORE}models/{'a' * 64}/profile.json", {}),
        ("s3:GetObject", f"{STORE}labels/20260101T000000-1.parquet", {}),
        ("s3:ListBucket", "{store}", {"s3__prefix": "churn/captures/"}),
        ("s3:ListBucket", "{store}", {"s3__prefix": "churn/alerts.json"}),  # so an absent one is absent, not forbidden
        ("s3:PutObject", f"{STORE}alerts.json", {}),
        ("s3:PutObject", f"{STORE}monitoring/20260101T000000-1.json", {}),
        ("s3:PutObject", f"{STORE}captures/date=2026-01-01/aaaaaaaa-merged-1-1.parquet", {}),
        ("s3:DeleteObject", f"{STORE}captures/date=2026-01-01/aaaaaaaa-one-1-1.parquet", {}),
        ("cloudwatch:PutMetricData", "*", OURS),
    ],
)
@pytest.mark.parametrize("env", ["dev", "prod"])
def test_what_it_looks_at_and_what_it_notes_is_allowed(env, action, resource, context):
    assert Role(f"churn-{env}-watch", env).may(action, at(resource, env), **context)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:GetObject", "{store}/fraud/routing.json", {}),
        ("s3:PutObject", "{store}/fraud/alerts.json", {}),
        ("s3:ListBucket", "{store}", {"s3__prefix": "fraud/captures/"}),
        ("s3:ListBucket", "{store}", {}),
        ("cloudwatch:PutMetricData", "*", {"cloudwatch__namespace": "AWS/ECS"}),
        ("cloudwatch:PutMetricData", "*", {}),
        ("secretsmanager:GetSecretValue", "*", {}),
        ("sts:AssumeRole", "arn:aws:iam::123456789012:role/churn-dev-loop", {}),
        ("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/churn-dev-watch", {}),
    ],
)
def test_another_project_other_metrics_and_other_roles_are_out_of_reach(action, resource, context):
    watch = Role("churn-dev-watch", repositories=[{"name": "churn"}, {"name": "fraud"}])
    assert not watch.may(action, at(resource), **context)


def test_its_key_is_the_one_of_the_store():
    made = planned("dev", "lake")
    key = statements(only(made, "iam/policy:Policy", "churn-watch"))["Key"]
    assert key["Resource"] == statements(only(made, "iam/policy:Policy", "churn-loop"))["Key"]["Resource"]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_the_changing_role_keeps_its_hands_off_it():
    policy = statements(only(planned("dev", "account"), "iam/rolePolicy:RolePolicy", "churn-dev-apply"))
    assert "arn:aws:iam::123456789012:role/*-watch" in policy["HandsOffItself"]["Resource"]


def test_it_reaches_no_cluster():
    entries = resources(planned("dev", "cluster", kubernetes=True), "eks/accessEntry:AccessEntry")
    assert entries
    assert "watch" not in json.dumps([one.inputs["principalArn"] for one in entries])
