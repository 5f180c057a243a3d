"""What the role of previews may: read the state and every resource, open no secret, write nothing."""

import fnmatch
import json
from functools import cache

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data
from platforms import only, planned, platform
from policy_verdicts import applies

from modelyard.infra.components.account import previews
from modelyard.infra.engine.backend import place
from modelyard.infra.plan import calls

pytestmark = pytest.mark.slow

KEY = place(platform(), "dev")
STATE = f"arn:aws:s3:::{KEY.bucket}"
BY_S3 = {"kms:ViaService": "s3.eu-central-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": STATE}
READS = """
access-analyzer:GetAnalyzer account:GetAlternateContact acm:DescribeCertificate
application-autoscaling:DescribeScalableTargets application-autoscaling:DescribeScalingPolicies
application-autoscaling:ListTagsForResource aps:DescribeWorkspace aps:DescribeLoggingConfiguration
athena:GetWorkGroup budgets:ViewBudget ce:GetAnomalyMonitors ce:GetAnomalySubscriptions
chatbot:DescribeSlackChannelConfigurations cloudwatch:DescribeAlarms cloudwatch:GetDashboard
codebuild:BatchGetProjects codeconnections:GetConnection ec2:DescribeAddressesAttribute ec2:DescribeFlowLogs
ec2:DescribeManagedPrefixLists ec2:DescribeSecurityGroupRules ec2:DescribeVpcAttribute ec2:DescribeVpcEndpoints
ec2:GetEbsEncryptionByDefault ec2:GetInstanceMetadataDefaults ecr:DescribeRepositories ecr:GetLifecyclePolicy
ecs:DescribeClusters ecs:DescribeServices ecs:DescribeTaskDefinition eks:DescribeAccessEntry eks:DescribeCluster
eks:DescribePodIdentityAssociation eks:ListAssociatedAccessPolicies elasticloadbalancing:DescribeListeners
elasticloadbalancing:DescribeTargetGroupAttributes events:DescribeApiDestination events:DescribeConnection
events:DescribeRule events:ListTargetsByRule glue:GetDatabase grafana:DescribeWorkspace iam:GetAccountPasswordPolicy
iam:GetOpenIDConnectProvider iam:GetPolicyVersion iam:GetRole iam:GetRolePolicy iam:ListAttachedRolePolicies
kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListAliases kms:ListResourceTags lambda:GetFunction
lambda:GetPolicy logs:DescribeLogGroups logs:ListTagsForResource rds:DescribeDBInstances rds:DescribeDBParameters
rds:DescribeDBSubnetGroups route53:ListResourceRecordSets s3:GetAccelerateConfiguration
s3:GetAccountPublicAccessBlock s3:GetBucketObjectLockConfiguration s3:GetBucketPolicy s3:GetEncryptionConfiguration
s3:GetLifecycleConfiguration s3:GetReplicationConfiguration s3:ListTagsForResource secretsmanager:DescribeSecret
secretsmanager:GetResourcePolicy sns:GetSubscriptionAttributes sns:GetTopicAttributes sqs:GetQueueAttributes
ssm:GetServiceSetting wafv2:GetLoggingConfiguration wafv2:GetWebACL wafv2:GetWebACLForResource
"""


@cache
def policy():
    role = only(planned("dev", "account"), "iam/rolePolicy:RolePolicy", "churn-dev-plan")
    attached = [json.loads(aws_managed_policies_data)[name]["Document"] for name in ("ViewOnlyAccess", "SecurityAudit")]
    return [each for one in (json.loads(role["policy"]), *attached) for each in one["Statement"]]


def may(action, resource="arn:aws:any:thing", **context):
    verdicts = {one["Effect"] for one in policy() if applies(one, action, resource, context)}
    return verdicts == {"Allow"}


@pytest.fixture(scope="module")
def key():
    role = only(planned("dev", "account"), "iam/rolePolicy:RolePolicy", "churn-dev-plan")
    (statement,) = [one for one in json.loads(role["policy"])["Statement"] if one["Sid"] == "StateKey"]
    (arn,) = statement["Resource"]
    return arn


def test_it_opens_what_s3_encrypted_in_the_bucket_of_the_state(key):
    assert may("kms:Decrypt", key, **BY_S3)
    assert may("kms:Decrypt", key, **BY_S3 | {"kms:EncryptionContext:aws:s3:arn": f"{STATE}/.pulumi/stacks/a/dev.json"})
    assert may("s3:GetObject", f"{STATE}/.pulumi/stacks/modelyard-network/dev.json")
    assert may("s3:ListBucket", STATE)


def test_it_cannot_open_the_secrets_in_the_state_nor_anything_else_with_a_key(key):
    assert not may("kms:Decrypt", key)  # as Pulumi asks for the key of its secrets
    assert not may("kms:Decrypt", key, **BY_S3 | {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"})
    assert not may("kms:Decrypt", key, **BY_S3 | {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-dev-store"})
    assert not may("kms:Decrypt", key.replace(":key/", ":key/another"), **BY_S3)
    assert not may("kms:GenerateDataKey", key, **BY_S3)


def test_the_key_is_the_one_that_bootstrap_made(key):
    found = calls.answer("aws:kms/getAlias:getAlias", {"name": KEY.alias}, calls.Place(KEY.account, KEY.region))
    assert key == found["targetKeyArn"]


def _refused(text):
    def ask(**_):
        raise Exception(text)  # noqa: TRY002 - what Pulumi raises

    return ask


def test_where_the_state_lies_elsewhere_there_is_no_key_to_open(monkeypatch):
    monkeypatch.setattr(previews.aws.kms, "get_alias", _refused("reading KMS Alias (alias/a): empty result"))
    assert "StateKey" not in {one["Sid"] for one in previews.statements("acme", "eu-central-1", "a-bucket")}


def test_a_key_that_could_not_be_looked_for_is_not_taken_for_none(monkeypatch):
    monkeypatch.setattr(previews.aws.kms, "get_alias", _refused("AccessDeniedException: kms:ListAliases"))
    with pytest.raises(Exception, match="ListAliases"):
        previews.statements("acme", "eu-central-1", "a-bucket")


@pytest.mark.parametrize("action", READS.split())
def test_it_reads_whatever_the_platform_is_made_of(action):
    assert may(action)


@pytest.mark.parametrize(
    "action",
    ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter",
     "ssm:GetParametersByPath", "s3:PutObject", "s3:DeleteObject",
     "kms:Encrypt", "kms:Decrypt", "iam:PutRolePolicy", "lambda:InvokeFunction",
     "lambda:UpdateFunctionCode", "ecs:UpdateService", "sts:AssumeRole"],
)  # fmt: skip
def test_it_reads_no_secret_and_changes_nothing(action):
    for resource in ("arn:aws:any:thing", f"{STATE}/.pulumi/stacks/modelyard-network/dev.json"):
        assert not may(action, resource)
    assert not may("s3:GetObject", "arn:aws:s3:::acme-dev-store/models/a")


def test_what_it_lists_beside_the_managed_policies_only_looks():
    (look,) = [one for one in policy() if one.get("Sid") == "Look"]
    assert all(fnmatch.fnmatch(action.partition(":")[2], "[DGLV]*") for action in look["Action"])
    assert not [action for action in look["Action"] if "*" in action]
