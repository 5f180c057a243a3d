"""Who writes to the workspace of Prometheus, who may ask it, and that nobody else can do either."""

import json

import pytest
from platforms import only, planned
from policy_verdicts import Role, applies

pytestmark = pytest.mark.slow

ON = {"environments__dev__monitoring": {"prometheus": True}}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/other"


def made(type_, name):
    return only(planned("dev", "training", **ON), type_, name)


def workspace():
    return json.loads(made("iam/policy:Policy", "readers")["policy"])["Statement"][0]["Resource"][0]


def may(policy, action, resource):
    return any(one["Effect"] == "Allow" and applies(one, action, resource, {}) for one in policy)


def agent():
    return json.loads(made("iam/rolePolicy:RolePolicy", "agent-role-allows")["policy"])["Statement"]


def test_the_agent_writes_and_does_not_ask():
    assert may(agent(), "aps:RemoteWrite", workspace())
    assert not may(agent(), "aps:RemoteWrite", f"{workspace()}-other")
    for action in ("aps:QueryMetrics", "aps:DeleteWorkspace", "aps:PutRuleGroupsNamespace"):
        assert not may(agent(), action, workspace())
    assert not may(agent(), "kms:Decrypt", KEY)


def test_releases_ask_and_do_not_write():
    policy = json.loads(made("iam/policy:Policy", "readers")["policy"])["Statement"]
    assert may(policy, "aps:QueryMetrics", workspace())
    assert not may(policy, "aps:RemoteWrite", workspace())
    assert not may(policy, "kms:Decrypt", KEY)
    attached = made("iam/rolePolicyAttachment:RolePolicyAttachment", "readers-churn")
    assert attached["role"] == "churn-dev-loop"
    assert attached["policyArn"].endswith(":policy/acme-dev-ask-metrics")


def test_the_boundary_leaves_room_for_it():
    assert Role("churn-dev-loop").could("aps:QueryMetrics", workspace())
    assert Role("churn-dev-loop").could("kms:Decrypt", KEY)
