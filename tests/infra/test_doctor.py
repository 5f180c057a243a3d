"""`modelyard doctor`: every line both ways, against moto and, where it has no answer, against stubbed AWS calls."""

import datetime

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from modelyard.infra import pinned
from modelyard.infra.bootstrap import bootstrap
from modelyard.infra.doctor import doctor
from modelyard.infra.platform import parse

REGION = "eu-central-1"
pytestmark = pytest.mark.slow  # moto fills a region with images and networks for each test
TODAY = datetime.date(2026, 11, 21)
PLENTY = 10_000.0


def made(**changes):
    document = {
        "name": "acme",
        "account": "123456789012",
        "region": REGION,
        "github": {"owner": "acme", "owner_id": 5},
        "repositories": [{"name": "churn", "repository_id": 7}],
        **changes,
    }
    return parse(document, "platform.yaml")


class Edge:
    """AWS beyond what moto answers: quotas by code, what IAM's simulator refuses, the state of GitHub's connection."""

    def __init__(self):
        self.quotas, self.refused, self.connections = {}, [], [("acme-dev-runners", "AVAILABLE")]
        self.broken = {}
        self.regions = None

    def answer(self, operation, arguments):
        if operation in self.broken:
            raise ClientError({"Error": {"Code": self.broken[operation], "Message": "no"}}, operation)
        if operation == "GetServiceQuota":
            return {"Quota": {"Value": self.quotas.get(arguments["QuotaCode"], PLENTY)}}
        if operation == "SimulatePrincipalPolicy":
            decide = lambda name: "implicitDeny" if name in self.refused else "allowed"  # noqa: E731
            names = arguments["ActionNames"]
            return {"EvaluationResults": [{"EvalActionName": n, "EvalDecision": decide(n)} for n in names]}
        if operation == "DescribeRegions" and self.regions is not None:
            return {"Regions": self.regions}
        if operation == "ListConnections":
            return {"Connections": [{"ConnectionName": n, "ConnectionStatus": s} for n, s in self.connections]}
        return None


@pytest.fixture
def edge(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_PROFILE", "PULUMI_BACKEND_URL"):
        monkeypatch.delenv(name, raising=False)
    stub, real = Edge(), botocore.client.BaseClient._make_api_call

    def call(self, operation, arguments):
        found = stub.answer(operation, arguments)
        return real(self, operation, arguments) if found is None else found

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    with mock_aws():
        boto3.setup_default_session()
        yield stub


def checks(platform, env="dev", today=TODAY):
    return {c.name: c for c in doctor(platform, env, today=today).checks}


def test_a_platform_that_has_everything_passes(edge):
    platform = made()
    bootstrap(platform, "dev")
    budgets = boto3.client("budgets", region_name="us-east-1")
    limit = {"Amount": "1", "Unit": "USD"}
    budget = {"BudgetName": "acme-dev", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    budgets.create_budget(AccountId="123456789012", Budget=budget)
    found = checks(platform)
    assert [c for c in found.values() if c.status == "fail"] == []
    assert [found[n].status for n in ("credentials", "clock", "region", "permissions", "state", "budget")] == ["ok"] * 6


def test_without_a_platform_only_the_tools_are_checked():
    assert [c.name for c in doctor(None, None).checks] == ["python", "git", "pulumi"]


def test_a_pulumi_that_does_not_run_is_no_pulumi_that_is_missing(tmp_path, monkeypatch):
    broken = tmp_path / "pulumi"
    broken.write_text("#!/bin/sh\nexit 3\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {check.name: check for check in doctor(None, None).checks}["pulumi"]
    assert (found.status, found.found) == ("fail", f"{broken} does not run")


@pytest.mark.parametrize(
    ("says", "status"), [(f"echo v{pinned.VERSION}", "ok"), ("echo v3.1.0", "fail"), ("exit 3", "fail")]
)
def test_the_pulumi_that_install_cli_has_fetched_is_the_one_that_is_checked(tmp_path, monkeypatch, says, status):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    pinned.fetched().parent.mkdir(parents=True)
    pinned.fetched().write_text(f"#!/bin/sh\n{says}\n", "utf-8")
    pinned.fetched().chmod(0o755)
    found = {check.name: check for check in doctor(None, None).checks}["pulumi"]
    assert found.status == status
    assert status == "ok" or f"Delete {pinned.home()} and run again with --install-cli" in found.fix


def test_a_gpu_quota_of_zero_fails_with_its_code_and_the_request_link(edge):
    edge.quotas["L-DB2E81BA"] = 0.0
    found = checks(made())["quota On-Demand G and VT vCPUs"]
    assert found.status == "fail"
    assert found.found == "0"
    assert "L-DB2E81BA" in found.fix
    link = "https://console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-DB2E81BA?region=eu-central-1"
    assert link in found.fix
    assert "request-service-quota-increase" in found.fix


def test_a_gpu_quota_below_the_ceiling_warns(edge):
    edge.quotas["L-3819A6DF"] = 8.0
    assert checks(made())["quota Spot G and VT vCPUs"].status == "warn"


def test_p_instances_need_their_own_quota(edge):
    edge.quotas["L-417A185B"] = 0.0
    dev = {"training": {"pools": [{"name": "big", "families": ["p5"], "capacity": ["on-demand"]}]}}
    found = checks(made(environments={"dev": dev}))
    assert found["quota On-Demand P vCPUs"].status == "fail"
    assert "quota On-Demand G and VT vCPUs" not in found


def test_without_kubernetes_no_gpu_quota_is_asked_for(edge):
    edge.quotas["L-DB2E81BA"] = 0.0
    found = checks(made(kubernetes=False))
    assert not any("vCPUs" in name and "Fargate" not in name for name in found)
    assert "kubernetes" not in found


def test_vpcs_of_others_count(edge):
    ec2 = boto3.client("ec2", region_name=REGION)
    for i in range(4):
        ec2.create_vpc(CidrBlock=f"10.{i}.0.0/16")
    edge.quotas["L-F678F1CE"] = 5.0  # the default VPC and these four
    assert checks(made())["quota VPCs"].status == "fail"


def test_our_own_vpc_does_not_count_twice(edge):
    ec2 = boto3.client("ec2", region_name=REGION)
    tags = [{"Key": "modelyard:project", "Value": "acme"}, {"Key": "modelyard:env", "Value": "dev"}]
    ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    edge.quotas["L-F678F1CE"] = 2.0  # the default VPC and ours
    assert checks(made())["quota VPCs"].status == "ok"


def test_fargate_must_hold_a_service_twice_while_its_image_rolls_out(edge):
    dev = {"service": {"cpu": 4096, "memory_mb": 8192, "min_tasks": 1, "max_tasks": 1}}
    edge.quotas["L-3032A538"] = 6.0
    found = checks(made(environments={"dev": dev}))["quota Fargate vCPUs"]
    assert found.status == "fail"
    assert found.need.startswith("9 ")


def test_a_quota_that_nobody_names_is_no_guess(edge):
    edge.broken = {"GetServiceQuota": "NoSuchResourceException", "GetAWSDefaultServiceQuota": "NoSuchResourceException"}
    found = checks(made())["quota Fargate vCPUs"]
    assert (found.status, found.found) == ("warn", "not named by Service Quotas here")


def test_quotas_that_may_not_be_read_are_one_failed_line(edge):
    edge.broken = {"GetServiceQuota": "AccessDeniedException"}
    found = checks(made())["quotas"]
    assert found.status == "fail"
    assert "AWS refused" in found.found


@pytest.mark.parametrize(
    ("version", "today", "status"),
    [
        ("1.36", TODAY, "ok"),
        ("1.34", TODAY, "warn"),
        ("1.33", TODAY, "warn"),
        ("1.31", datetime.date(2026, 11, 27), "fail"),
        ("1.31", datetime.date(2026, 11, 26), "warn"),
        ("1.99", TODAY, "warn"),
    ],
)
def test_kubernetes_versions_by_their_end_dates(edge, version, today, status):
    found = checks(made(environments={"dev": {"cluster": {"version": version}}}), today=today)["kubernetes"]
    assert found.status == status
    assert version in found.found


def test_postgres_after_its_end_fails(edge):
    assert checks(made(), today=datetime.date(2033, 3, 1))["postgres"].status == "fail"
    assert checks(made())["postgres"].status == "ok"


def test_a_runner_image_that_is_not_maintained_warns(edge):
    dev = {"ci": {"image": "aws/codebuild/standard:5.0"}}
    assert checks(made(environments={"dev": dev}))["runner image"].status == "warn"
    assert checks(made())["runner image"].status == "ok"


def test_no_state_bucket_fails_with_the_command_that_makes_it(edge):
    found = checks(made())["state"]
    assert found.status == "fail"
    assert found.fix == "modelyard infra bootstrap --env dev"


def test_a_backend_that_the_machine_names_is_the_one_that_is_checked(edge, monkeypatch, tmp_path):
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    assert checks(made())["state"].status == "ok"


def test_another_account_fails(edge):
    found = checks(made(account="999999999999"))["credentials"]
    assert found.status == "fail"
    assert found.need == "account 999999999999"


def test_without_credentials_what_needs_none_is_checked_and_nothing_else_is_asked_of_aws(edge, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    boto3.setup_default_session()
    found = checks(made())
    assert found["credentials"].status == "fail"
    assert found["github ids"].status == "ok"
    assert not {"state", "github connection", "budget"} & set(found)


@pytest.mark.parametrize(("state", "status"), [("not-opted-in", "fail"), ("opted-in", "ok"), (None, "fail")])
def test_a_region_must_be_open_to_the_account(edge, state, status):
    edge.regions = [{"RegionName": REGION, "OptInStatus": state}] if state else []
    assert checks(made())["region"].status == status


def test_missing_permissions_are_named(edge):
    edge.refused = ["kms:CreateKey", "iam:CreateRole"]
    found = checks(made())["permissions"]
    assert found.status == "fail"
    assert found.found == "refused: iam:CreateRole, kms:CreateKey"


@pytest.mark.parametrize("action", ["s3:PutBucketOwnershipControls", "tag:GetResources"])
def test_what_bootstrap_needs_beside_its_plain_calls_is_asked_for_too(edge, action):
    edge.refused = [action]
    found = checks(made())["permissions"]
    assert (found.status, found.found) == ("fail", f"refused: {action}")


def test_permissions_that_cannot_be_asked_for_are_not_called_right(edge):
    edge.broken = {"SimulatePrincipalPolicy": "AccessDenied"}
    assert checks(made())["permissions"].status == "warn"


@pytest.mark.parametrize(("state", "status"), [("PENDING", "fail"), ("AVAILABLE", "ok"), (None, "warn")])
def test_githubs_connection_must_be_authorised(edge, state, status):
    edge.connections = [("acme-dev-runners", state)] if state else []
    assert checks(made())["github connection"].status == status


def test_unknown_github_ids_fail_with_the_command_that_finds_them(edge):
    found = checks(made(github={"owner": "acme"}))["github ids"]
    assert (found.status, found.fix) == ("fail", "modelyard github setup")
    assert checks(made())["github ids"].status == "ok"


def test_no_budget_warns(edge):
    assert checks(made())["budget"].status == "warn"


def test_a_clock_that_is_wrong_fails(edge, monkeypatch):
    late = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)

    class Wrong(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return late

    monkeypatch.setattr("modelyard.infra.doctor.account.datetime", Wrong)
    found = checks(made())["clock"]
    assert found.status == "fail"
    assert "clock" in found.fix
