import json
from fnmatch import fnmatch

import pytest
from platforms import only, planned, resources, statements
from policy_verdicts import Role

from modelyard.infra.components.account import task_roles

pytestmark = pytest.mark.slow

ROLE = "iam/role:Role"
OIDC = "token.actions.githubusercontent.com"


def trust(name, env="dev", **changes):
    made = planned(env, "account", **changes)
    return statements(only(made, "iam/role:Role", name), "assumeRolePolicy")["Github"]


def subjects(name):
    return trust(name)["Condition"]["StringEquals"][f"{OIDC}:sub"]


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
@pytest.mark.parametrize("role", ["apply", "loop"])
def test_a_role_that_changes_things_is_taken_only_from_its_environment_in_both_forms(env, role):
    assert subjects(f"churn-{env}-{role}") == [
        f"repo:acme/churn:environment:{env}",
        f"repo:acme@77/churn@88:environment:{env}",
    ]


def test_the_looking_role_is_for_pull_requests_and_main():
    assert subjects("churn-dev-plan") == [
        "repo:acme/churn:pull_request",
        "repo:acme@77/churn@88:pull_request",
        "repo:acme/churn:ref:refs/heads/main",
        "repo:acme@77/churn@88:ref:refs/heads/main",
    ]


def test_a_trust_compares_whole_values_and_the_numbers_too():
    for role in resources(planned("dev", "account"), "iam/role:Role"):
        statement = statements(role.inputs, "assumeRolePolicy")["Github"]
        assert set(statement["Condition"]) == {"StringEquals"}
        claims = statement["Condition"]["StringEquals"]
        assert claims[f"{OIDC}:aud"] == "sts.amazonaws.com"
        assert claims[f"{OIDC}:repository_id"] == "88"
        assert claims[f"{OIDC}:repository_owner_id"] == "77"
        assert "*" not in json.dumps(statement)


def test_with_numbers_not_known_yet_nobody_can_take_a_role():
    made = trust("churn-dev-apply", github={"owner": "acme"}, repositories=[{"name": "churn"}])
    assert made["Condition"]["StringEquals"][f"{OIDC}:repository_id"] == "0"


def test_the_looking_role_reads_no_secret_and_no_data():
    made = planned("dev", "account")
    policy = statements(only(made, "iam/rolePolicy:RolePolicy", "churn-dev-plan"))
    assert "secretsmanager:GetSecretValue" in policy["NoSecrets"]["Action"]
    assert policy["NoSecrets"]["Effect"] == policy["NoData"]["Effect"] == "Deny"
    allowed = [one for one in policy.values() if one["Effect"] == "Allow"]
    assert [one["Sid"] for one in allowed if any("kms" in action for action in one["Action"])] == ["StateKey"]


def test_the_changing_role_makes_roles_only_under_the_boundary_and_with_the_platform_s_names():
    made = planned("dev", "account")
    policy = statements(only(made, "iam/rolePolicy:RolePolicy", "churn-dev-apply"))
    roles = policy["MakeBoundedRoles"]
    assert "iam:PermissionsBoundary" in roles["Condition"]["StringEquals"]
    assert roles["Resource"] == [
        "arn:aws:iam::123456789012:role/acme-dev-*",
        "arn:aws:iam::123456789012:role/churn-dev-*",
    ]
    assert policy["HandsOff"]["Effect"] == "Deny"
    assert "*" not in policy["HandOver"]["Condition"]["StringEquals"]["iam:PassedToService"]


def test_the_changing_role_cannot_change_who_takes_the_roles_of_the_workflows():
    policy = statements(only(planned("dev", "account"), "iam/rolePolicy:RolePolicy", "churn-dev-apply"))
    hands_off = policy["HandsOffItself"]
    assert (hands_off["Effect"], "iam:UpdateAssumeRolePolicy" in hands_off["Action"]) == ("Deny", True)
    made = [
        f"arn:aws:iam::123456789012:role/{one.inputs['name']}" for one in resources(planned("dev", "account"), ROLE)
    ]
    assert made
    assert all(any(fnmatch(arn, one) for one in hands_off["Resource"]) for arn in made)


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_every_role_of_every_layer_has_a_boundary_that_the_account_made(env):
    made = planned(env)
    arns = {f"arn:aws:iam::123456789012:policy/{one.inputs['name']}" for one in resources(made, "iam/policy:Policy")}
    assert {one.inputs.get("permissionsBoundary") for one in resources(made, "iam/role:Role")} <= arns


def test_the_loop_deploys_to_what_the_other_layers_make_and_nothing_else():
    made = planned("dev")
    policy = statements(only(made, "iam/rolePolicy:RolePolicy", "churn-dev-loop"))
    account = "arn:aws:{}:eu-central-1:123456789012"
    assert policy["Push"]["Resource"] == [
        f"{account.format('ecr')}:repository/{only(made, 'ecr/repository:Repository', 'churn')['name']}"
    ]
    service = only(made, "ecs/service:Service", "churn")
    cluster = service["cluster"].rpartition("/")[2]
    assert f"{account.format('ecs')}:service/{cluster}/{service['name']}" in policy["Roll"]["Resource"]
    task = only(made, "ecs/taskDefinition:TaskDefinition", "churn")
    assert set(policy["HandOver"]["Resource"]) == {task["taskRoleArn"], task["executionRoleArn"]}


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_the_loop_hands_the_task_its_roles_within_its_boundary_and_no_other(env):
    loop, task = Role(f"churn-{env}-loop", env), only(planned(env), "ecs/taskDefinition:TaskDefinition", "churn")
    to_tasks = {"iam__PassedToService": "ecs-tasks.amazonaws.com"}
    for role in (task["taskRoleArn"], task["executionRoleArn"]):
        assert loop.may("iam:PassRole", role, **to_tasks)
        assert not loop.may("iam:PassRole", role, iam__PassedToService="lambda.amazonaws.com")
        assert not loop.may("iam:PassRole", role.replace("churn", "fraud"), **to_tasks)
    assert not loop.may("iam:PassRole", f"arn:aws:iam::123456789012:role/churn-{env}-apply", **to_tasks)


def test_a_preview_reads_roles_within_its_boundary_and_changes_none():
    role, preview = "arn:aws:iam::123456789012:role/churn-dev-apply", Role("churn-dev-plan")
    for action in ("iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "account:GetAlternateContact"):
        assert preview.could(action, role), action
    for action in ("iam:PutRolePolicy", "iam:CreateUser", "iam:PassRole", "account:PutAlternateContact"):
        assert not preview.could(action, role), action


def test_the_boundary_lets_the_tasks_of_thirty_projects_through_and_does_not_grow_with_them():
    long = [f"churn-of-customers-of-the-northern-branches-number-{n:02}" for n in range(30)]
    made = planned("dev", "account", repositories=[{"name": name} for name in ("churn", *long)])
    boundary = only(made, "iam/policy:Policy", "boundary-workload")
    assert boundary == only(planned("dev", "account"), "iam/policy:Policy", "boundary-workload")
    allowed = statements(boundary)["HandOver"]["Resource"]
    roles = [role for name in long for role in task_roles(name, "prod")]
    assert all(len(role) <= 64 for role in roles)
    assert len(set(roles)) == len(roles)
    assert all(any(fnmatch(f"arn:aws:iam::1:role/{role}", one) for one in allowed) for role in roles)
    assert not any(fnmatch("arn:aws:iam::1:role/churn-dev-runner", one) for one in allowed)


@pytest.mark.parametrize("name", ["churn", "a-very-long-name-of-a-project-that-somebody-really-likes-to-use"])
@pytest.mark.parametrize("layer", ["project", "ci"])
def test_the_applying_role_may_make_every_role_of_its_project_and_change_none_of_a_workflow(name, layer):
    account = planned("dev", "account", repositories=[{"name": name}])
    policy = next(
        one.inputs
        for one in resources(account, "iam/rolePolicy:RolePolicy")
        if one.inputs["name"] == "apply" and one.name.endswith("dev-apply")
    )
    said = statements(policy)
    may, never = said["MakeBoundedRoles"]["Resource"], said["HandsOffItself"]["Resource"]
    made = [one.inputs["name"] for one in resources(planned("dev", layer, repositories=[{"name": name}]), ROLE)]
    assert made
    for role in made:
        arn = f"arn:aws:iam::123456789012:role/{role}"
        assert any(fnmatch(arn, one) for one in may), role
        assert not any(fnmatch(arn, one) for one in never), role
    for one in resources(account, ROLE):  # those of workflows, also of a project whose name begins alike
        assert any(fnmatch(f"arn:aws:iam::123456789012:role/{one.inputs['name']}", each) for each in never)


def test_the_identity_provider_is_made_once_or_adopted():
    kind = "iam/openIdConnectProvider:OpenIdConnectProvider"
    assert only(planned("dev", "account"), kind)["clientIdLists"] == ["sts.amazonaws.com"]
    adopted = planned("dev", "account", account_wide__oidc_provider="adopt")
    assert resources(adopted, kind) == []
    principal = statements(resources(adopted, "iam/role:Role")[0].inputs, "assumeRolePolicy")["Github"]["Principal"]
    assert principal == {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{OIDC}"}


def test_the_guard_rails_hold_and_can_be_left_to_somebody_else():
    block = only(planned("dev", "account"), "s3/accountPublicAccessBlock:AccountPublicAccessBlock")
    assert {key: value for key, value in block.items() if key != "tags"} == dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    )
    without = planned("dev", "account", account_wide__guard_rails=False)
    assert not resources(without, "ebs/encryptionByDefault:EncryptionByDefault")


def test_budgets_tell_at_half_four_fifths_all_and_the_forecast():
    made = planned("dev", "account", environments__dev__monitoring__emails=["a@example.com"])
    budget = only(made, "budgets/budget:Budget", "dev")
    told = [(one["threshold"], one["notificationType"]) for one in budget["notifications"]]
    assert told == [(50, "ACTUAL"), (80, "ACTUAL"), (100, "ACTUAL"), (100, "FORECASTED")]
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": ["user:modelyard:env$dev"]}]


def test_without_an_address_a_budget_is_kept_but_tells_nobody():
    assert only(planned("dev", "account"), "budgets/budget:Budget", "dev")["notifications"] == []
    assert not resources(planned("dev", "account"), "costexplorer/anomalySubscription:AnomalySubscription")


def test_a_second_region_makes_roles_and_regional_guards_only():
    made = planned("prod", "account", environments={"dev": None, "prod": {"region": "eu-west-1"}})
    assert not resources(made, "iam/openIdConnectProvider:OpenIdConnectProvider")
    assert not resources(made, "budgets/budget:Budget")
    assert resources(made, "ebs/encryptionByDefault:EncryptionByDefault")
    assert {one.name for one in resources(made, "iam/role:Role")} == {
        "churn-prod-plan",
        "churn-prod-apply",
        "churn-prod-loop",
        "churn-prod-watch",
    }


def test_a_large_threshold_of_the_anomalies_is_written_out():
    emails = {"environments__dev__monitoring__emails": ["a@example.com"]}
    made = planned("dev", "account", environments__dev__budget__anomaly_usd=1_500_000, **emails)
    found = only(made, "costexplorer/anomalySubscription:AnomalySubscription", "dev")
    assert found["thresholdExpression"]["dimension"]["values"] == ["1500000"]
