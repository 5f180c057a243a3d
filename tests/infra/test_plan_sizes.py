"""What has no room in a plan is told before AWS refuses it: documents, rules, attachments, and names given twice."""

import json

import pytest
from platforms import planned, resources

from modelyard.infra.components.network import vpc
from modelyard.infra.components.project.targets import priority
from modelyard.infra.plan import Resource
from modelyard.infra.plan.checks import Known
from modelyard.infra.plan.checks.sizes import sizes
from modelyard.infra.plan.checks.twice import twice

pytestmark = pytest.mark.slow


def made(type_, number=0, **inputs):
    urn = f"urn:pulumi:dev::modelyard-network::{type_}::r{number}"
    return Resource(layer="network", type=type_, name=f"r{number}", urn=urn, parent=None, inputs=inputs)


def policy(characters, indent=None):
    bare = len(json.dumps({"Statement": [""]}, separators=(",", ":")))
    return json.dumps({"Statement": ["x" * (characters - bare)]}, indent=indent)


def too_much(*found):
    return [(one.resource.rpartition("::")[2], one.property, one.value) for one in sizes(list(found), Known())]


@pytest.mark.parametrize(
    ("type_", "name", "most"),
    [
        ("aws:iam/policy:Policy", "policy", 6144),
        ("aws:iam/role:Role", "assumeRolePolicy", 2048),
        ("aws:s3/bucketPolicy:BucketPolicy", "policy", 20480),
    ],
)
def test_a_document_has_so_many_characters_and_white_space_is_not_counted(type_, name, most):
    assert too_much(made(type_, **{name: policy(most, indent=8)})) == []
    assert too_much(made(type_, **{name: policy(most + 1)})) == [("r0", name, str(most + 1))]


def test_a_role_has_so_many_characters_in_all_policies_of_its_own():
    type_ = "aws:iam/rolePolicy:RolePolicy"
    halves = [made(type_, n, role="a", policy=policy(5120)) for n in range(2)]
    assert too_much(*halves) == []
    assert too_much(*halves, made(type_, 2, role="b", policy=policy(40))) == []
    assert too_much(*halves, made(type_, 2, role="a", policy=policy(40))) == [("r2", "policy", "10280")]


@pytest.mark.parametrize(
    ("type_", "by", "most"),
    [
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "securityGroupId", 60),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role", 10),
        ("aws:lb/listenerRule:ListenerRule", "listenerArn", 100),
    ],
)
def test_there_are_so_many_of_a_kind_in_one_place(type_, by, most):
    full = [made(type_, number, **{by: "one"}) for number in range(most)]
    assert too_much(*full, made(type_, most, **{by: "other"})) == []
    assert too_much(*full, made(type_, most, **{by: "one"})) == [(f"r{most}", by, str(most + 1))]


def test_a_platform_of_many_projects_with_long_names_has_room_everywhere():
    names = [f"a-rather-long-name-for-a-project-that-does-things-{number:02}" for number in range(30)]
    found = planned("dev", "account", repositories=[{"name": name, "repository_id": n} for n, name in enumerate(names)])
    assert found.problems == ()


def test_two_services_at_one_place_of_a_listener_are_told():
    place = {"listenerArn": "arn:one", "priority": 7}
    rules = [made("aws:lb/listenerRule:ListenerRule", number, **place) for number in range(2)]
    assert [one.property for one in twice(rules, Known())] == ["priority"]
    apart = [rules[0], made("aws:lb/listenerRule:ListenerRule", 1, **{**place, "listenerArn": "arn:two"})]
    assert not list(twice(apart, Known()))


def test_two_projects_whose_names_fall_on_one_place_are_told_before_the_load_balancer_is_asked():
    first: dict[int, str] = {}
    name = ""
    for number in range(10_000):
        name = f"project-{number}"
        if first.setdefault(priority(name), name) != name:
            break
    pair = [{"name": one} for one in (first[priority(name)], name)]
    found = planned("dev", kubernetes=False, repositories=pair)
    assert [(one.layer, one.property) for one in found.problems] == [("project", "priority")]
    assert "another `priority` in platform.yaml" in found.problems[0].fix
    mended = planned("dev", kubernetes=False, repositories=[pair[0], {**pair[1], "priority": 7}])
    assert mended.problems == ()


def test_two_objects_of_one_name_in_one_namespace_are_told():
    kind = "kubernetes:core/v1:ServiceAccount"
    pair = [made(kind, n, metadata={"name": "trainer", "namespace": "training"}) for n in range(2)]
    assert [one.property for one in twice(pair, Known())] == ["metadata.name"]
    assert not list(twice([pair[0], made(kind, 1, metadata={"name": "trainer", "namespace": "other"})], Known()))


def test_projects_whose_long_names_differ_only_at_the_end_have_trainers_of_their_own():
    long = "a-very-long-project-name-that-somebody-really-likes-to-use-x"
    found = planned("dev", "training", repositories=[{"name": long}, {"name": f"{long[:-1]}y"}])
    accounts = [
        one.inputs["metadata"]["name"]
        for layer in found.layers
        for one in layer.resources
        if one.type.endswith("ServiceAccount") and "trainer" in one.inputs["metadata"]["name"]
    ]
    assert len(set(accounts)) == 2
    assert all(len(name) <= 63 for name in accounts)


def test_a_locked_store_is_only_copied_to_a_bucket_that_is_locked():
    lake = {"replicate_to": "eu-west-1", "keep": {"lock_days": 30}}
    found = planned("dev", "lake", environments={"dev": {"lake": lake}})
    buckets = {one.name: one.inputs.get("objectLockEnabled", False) for one in resources(found, "s3/bucket:Bucket")}
    assert buckets == {"lake": False, "logs": False, "store": True, "lake-copy": False, "store-copy": True}
    role = next(one for one in resources(found, "iam/rolePolicy:RolePolicy") if one.name == "store-copy")
    assert "s3:GetObjectRetention" in role.inputs["policy"]


def test_a_region_with_two_zones_cannot_hold_three_subnets_of_a_kind():
    assert vpc._zone(["us-west-1a", "us-west-1c"], 1) == "us-west-1c"
    with pytest.raises(ValueError, match=r"only 2 usable zones .* network\.zones: 2"):
        vpc._zone(["us-west-1a", "us-west-1c"], 2)
