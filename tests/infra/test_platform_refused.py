"""Configurations that AWS, EKS or GitHub would refuse after minutes are refused while they are read."""

import pytest
from platforms import platform

from modelyard.errors import RequestError
from modelyard.infra.platform import check

SUBNETS = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
VPC = {"id": "vpc-0123456789abcdef0", "cidr": "10.9.0.0/16", "private_subnets": SUBNETS}
ENDPOINTS = ["ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "secretsmanager", "sts"]
DOMAIN = {"name": "ml.example.com", "zone_id": "Z0123456789"}
ELSEWHERE = "arn:aws:secretsmanager:us-east-1:999999999999:secret:github-a1b2c3"
CONNECTION = "arn:aws:codeconnections:eu-central-1:999999999999:connection/a"


def pool(**given):
    return {"environments.dev.training.pools": [given]}


def dev(path, value):
    return {f"environments.dev.{path}": value}


def two_in_one_vpc(**other):
    return {**dev("network.vpc", VPC), "environments.staging.network.vpc": {**VPC, **other}}


def excused(**given):
    return {"exceptions": [{"control": "RDS.5", "reason": "a small dev", "until": "2027-01-31", **given}]}


REFUSED = [
    ({"account": "١٢٣٤٥٦٧٨٩٠١٢"}, "account: String should match pattern"),
    ({"region": "us-west-1", "environments.dev.network.zones": 3}, "dev.network.zones: us-west-1 has two zones"),
    ({"region": ["us-west-1"]}, "region: Input should be a valid string"),
    ({"repositories": [{"name": "churn", "repository": ".."}]}, "no repository on GitHub is called '..'"),
    ({"repositories": [{"name": "churn", "repository": "churn.git"}]}, "no repository on GitHub is called 'churn.git'"),
    (dev("monitoring.emails", ["a@example.com,"]), "monitoring.emails.0: String should match pattern"),
    ({"environments": []}, "environments: Input should be keys with values"),
    (dev("monitoring.emails", "a@example.com"), "monitoring.emails: Input should be a list, even of one"),
    (pool(capacity=["reserved"], reservations=["cr-0123456789abcdef0"] * 2), "one is there twice"),
    (
        {**dev("serving.public", True), **dev("domain", DOMAIN), **dev("service", {"backend": "kubernetes"})},
        "the load balancer would lead nowhere",
    ),
    (two_in_one_vpc(cidr="10.10.0.0/16"), "staging.network.vpc.cidr: vpc-0123456789abcdef0 has 10.10.0.0/16 here"),
    (two_in_one_vpc(id="vpc-0123456789abcdef1"), "staging.network.vpc.cidr: 10.9.0.0/16 overlaps"),
    (excused(until=20270131), "exceptions.0.until: must be a day such as 2027-01-31 (found 20270131)"),
    (excused(reason=" " * 20), "exceptions.0.reason"),
    ({"tags": {"a,b": "x"}}, "AWS takes letters, digits, spaces and + - = . _ : / @"),
    ({"tags": {"team": "a|b"}}, "tag 'team': 'a|b': AWS takes"),
    ({"tags": {"team": "a\nb"}}, "AWS takes letters"),
    ({"tags": {"Team": "a", "team": "b"}}, "Team, team differs in case only from another tag"),
    ({"tags": {"managedby": "me"}}, "managedby differs in case only from another tag, or from our ManagedBy"),
    (dev("monitoring.log_days", True), "monitoring.log_days: Input should be a number, not true or false"),
    (dev("network.vpc", {**VPC, "private_subnets": SUBNETS[:1]}), "private_subnets: takes at least 2, not 1"),
    ({"region": "us-gov-west-1"}, "partition aws-us-gov"),
    ({"region": "cn-north-1"}, "partition aws-cn"),
    ({"region": "eusc-de-east-1"}, "partition aws-eusc"),
    (dev("lake.replicate_to", "us-iso-east-1"), "partition aws-iso"),
    ({"name": "sthree"}, "may not begin with sthree-"),
    ({"name": "internal"}, "may not begin with internal-"),
    ({"repositories": [{"name": "sg-x"}]}, "may not begin with sg-"),
    ({"repositories": [{"name": "a-"}]}, "repositories.0.name"),
    ({"repositories": [{"name": "a-b"}, {"name": "a--b"}]}, "a-b, a--b have one name on AWS"),
    ({"repositories": [{"name": "a", "repository": "X"}, {"name": "b", "repository": "x"}]}, "are 'x' on GitHub"),
    ({"repositories": [{"name": "a", "repository_id": 7}, {"name": "b", "repository_id": 7}]}, "repository_id 7"),
    (dev("network.vpc", {**VPC, "private_subnets": [SUBNETS[0]] * 2}), "one subnet is there twice"),
    (dev("network.vpc", {**VPC, "isolated_subnets": SUBNETS[:1]}), "isolated_subnets: needs two"),
    (dev("network.vpc", {**VPC, "public_subnets": SUBNETS}), "public and private at once"),
    (dev("network.vpc", {**VPC, "cidr": "10.9.0.0/30"}), "between /16 and /28"),
    (dev("network", {"vpc": VPC, "endpoints": ["ecr.api"]}), "in a VPC of somebody else"),
    (dev("network.endpoints", ["ECR.API"]), "network.endpoints.0"),
    (dev("network.endpoints", ["s3"]), "has a gateway"),
    (dev("network.endpoints", ["com.amazonaws.eu-central-1.sts"]), "leave out com.amazonaws"),
    ({**dev("network", {"nat": "none", "endpoints": ENDPOINTS}), **dev("ci.enabled", False)}, "kubernetes: false"),
    (dev("cluster.service_cidr", "172.20.0.0/25"), "between /12 and /24"),
    (dev("cluster.service_cidr", "100.64.0.0/16"), "between /12 and /24"),
    (dev("cluster.public_access_cidrs", ["0.0.0.0/1", "128.0.0.0/1"]), "0.0.0.0/1, 128.0.0.0/1 is the whole internet"),
    (dev("cluster.public_access_cidrs", ["10.1.0.0/24"]), "10.1.0.0/24 is private"),
    (dev("cluster.public_access_cidrs", [f"203.0.{n}.0/24" for n in range(41)]), "41 ranges"),
    (dev("cluster.admins", ["arn:aws:iam::123456789012:root"]), "cluster.admins.0"),
    (dev("cluster.admins", ["arn:aws:sts::123456789012:assumed-role/a/b"]), "cluster.admins.0"),
    (dev("cluster.admins", ["arn:aws:iam::123456789012:role/a"] * 2), "one is there twice"),
    (pool(families=["p4d"]), "no machine of p4d fits: max_gpus_per_node 4 must be at least 8, max_gpus 4"),
    (pool(families=["p4d"], max_gpus=8, max_gpus_per_node=8), "max_memory_gb 768 must be at least 1152"),
    (pool(max_cpus=2), "max_cpus 2 must be at least 4"),
    (pool(families=["m5"]), "families.0"),
    (pool(families=["g5.xlarge"]), "families.0"),
    (pool(families=["g4ad"]), "g4ad has AMD's accelerators"),
    (pool(families=["g5", "g5"]), "one is there twice"),
    (pool(name="system"), "EKS Auto Mode has a pool of that name"),
    (dev("training.pools", [{"name": f"p{n}"} for n in range(16)]), "training.pools"),
    (dev("service.canary_percent", 0.15), "steps of 0.1"),
    (dev("service.canary_percent", 0.05), "canary_percent"),
    (dev("serving.requests_per_5_minutes", 3_000_000_000), "requests_per_5_minutes"),
    (dev("domain", {**DOMAIN, "name": f"{'a' * 60}.example.com"}), "64 characters at most"),
    ({**dev("domain", DOMAIN), "environments.prod.domain": DOMAIN}, "take prod.ml.example.com"),
    (dev("registry", {"storage_gb": 100, "max_storage_gb": 105}), "must be 110 or more"),
    (dev("registry.hosts", ["*"]), "registry.hosts.0"),
    (dev("registry.hosts", ["a b"]), "registry.hosts.0"),
    (dev("registry.allowed_cidrs", ["10.8.0.0/24"] * 2), "10.8.0.0/24 is there twice"),
    (dev("serving.allowed_cidrs", [f"10.8.{n}.0/24" for n in range(51)]), "serving.allowed_cidrs"),
    (dev("ci.image", "aws/codebuild/amazonlinux-aarch64-standard:4.0"), "is for ARM"),
    (dev("ci.workflows", ["[x"]), "ci.workflows.0"),
    (dev("ci.connection_arn", CONNECTION), "is not in account 123456789012"),
    (dev("monitoring.github_token_secret", ELSEWHERE), "is not in account 123456789012 and eu-central-1"),
    (dev("monitoring.github_token_secret", "arn:aws:s3:::b"), "github_token_secret"),
    (dev("monitoring.grafana", True), "grafana needs `prometheus: true`"),
    ({"kubernetes": False, **dev("monitoring.prometheus", True)}, "dev.monitoring.prometheus: the agent that writes"),
    ({**dev("monitoring.prometheus", True), **dev("kubernetes", False)}, "leave it out (CloudWatch has the numbers"),
    (dev("monitoring.no_traffic_minutes", 1440), "no_traffic_minutes"),
    (dev("monitoring.no_traffic_minutes", 7), "multiple of 5"),
    (dev("monitoring.emails", ["a@example.com"] * 2), "a@example.com is there twice"),
    (dev("monitoring.emails", [f"a{n}@example.com" for n in range(11)]), "a budget tells 10 at most, not 11"),
    (dev("budget.monthly_usd", 0.001), "monthly_usd"),
    (dev("usage.lake_gb", float("inf")), "finite"),
]


@pytest.mark.parametrize(("changes", "expected"), REFUSED, ids=[expected for _, expected in REFUSED])
def test_what_aws_would_refuse_is_refused_with_its_key(changes, expected):
    with pytest.raises(RequestError) as caught:
        platform(changes)
    assert caught.value.code == "bad_platform"
    assert expected in caught.value.message


ACCEPTED = [
    two_in_one_vpc(private_subnets=["subnet-0123456789abcdef4", "subnet-0123456789abcdef5"]),
    {"kubernetes": False, **dev("network.cidr", "172.20.0.0/16")},
    {"region": "ap-southeast-7"},
    dev("network.vpc", {**VPC, "isolated_subnets": SUBNETS}),
    {"kubernetes": False, **dev("network", {"nat": "none", "endpoints": ENDPOINTS}), **dev("ci.enabled", False)},
    dev("cluster.public_access_cidrs", ["203.0.113.7/32"]),
    dev("cluster.admins", ["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_A"]),
    pool(families=["p4d"], max_gpus=8, max_gpus_per_node=8, max_memory_gb=1152),
    pool(families=["p5"]),
    pool(families=["g9x"]),
    dev("service.canary_percent", 0.3),
    dev("registry", {"storage_gb": 100, "max_storage_gb": 100}),
    dev("registry.hosts", ["*.example.com", "mlflow:5000"]),
    {**dev("domain", DOMAIN), "environments.prod.domain": {**DOMAIN, "name": "prod.ml.example.com"}},
    dev("monitoring.github_token_secret", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:github-a1b2c3"),
    dev("monitoring", {"emails": [f"a{n}@example.com" for n in range(11)]})
    | {"environments.dev.budget.emails": ["a@example.com"]},
]


@pytest.mark.parametrize("changes", ACCEPTED, ids=str)
def test_what_aws_would_take_is_taken(changes):
    assert platform(changes).name == "acme"


def test_a_region_nobody_has_heard_of_is_warned_of():
    assert any(
        "xx-nowhere-1 is no region" in line for line in check.warnings(platform({"region": "xx-nowhere-1"}), "dev")
    )
    assert not any("is no region" in line for line in check.warnings(platform(), "dev"))


def test_one_wrong_item_is_one_problem_not_also_a_list_that_is_too_short():
    with pytest.raises(RequestError, match="has 1 problem:") as caught:
        platform(pool(families=["trn1"]))
    assert "families.0" in caught.value.message


def test_tags_in_any_language_are_taken():
    assert platform({"tags": {"Équipe": "données 7 / @hub", "empty": ""}}).tags["empty"] == ""


def test_where_there_are_two_zones_prod_has_two_unless_it_says_otherwise():
    there = platform({"region": "us-west-1", "environments.dev": None, "environments.prod": None})
    assert there.environments["prod"].network.zones == 2
    elsewhere = platform({"region": "us-west-1", "environments.prod.region": "eu-west-1"})
    assert elsewhere.environments["prod"].network.zones == 3


def test_an_environment_that_cannot_be_is_one_problem_not_also_all_that_it_lacks():
    with pytest.raises(RequestError, match="has 1 problem:") as caught:
        platform({"environments": {"qa": {}}})
    assert "environments.qa: Input should be 'dev', 'staging' or 'prod'" in caught.value.message


def test_a_family_nobody_has_heard_of_is_warned_of():
    odd = check.warnings(platform(pool(families=["g5", "g99"])), "dev")
    assert [line.partition(" is none")[0] for line in odd if "is none that" in line] == [
        "environments.dev.training.pools.0.families: g99"
    ]
    unused = {**pool(families=["g99"]), "kubernetes": False}
    assert not any("is none that" in line for line in check.warnings(platform(unused), "dev"))
