"""What a preview on a pull request needs: to read the state and every resource, and to open nothing that is secret."""

import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import Statement, allow, deny

LOOK = ("job-function/ViewOnlyAccess", "SecurityAudit")
# What the provider reads of the platform's resources and neither of these policies lets it
# (terraform-provider-aws, Read of each type; AWS managed policies v46 and v94).
_LOOK_TOO = (
    "application-autoscaling:ListTagsForResource",
    "aps:DescribeLoggingConfiguration",
    "aps:DescribeWorkspace",
    "aps:ListTagsForResource",
    "budgets:ListTagsForResource",
    "budgets:ViewBudget",
    "ce:GetAnomalyMonitors",
    "ce:GetAnomalySubscriptions",
    "ce:ListTagsForResource",
    "chatbot:DescribeSlackChannelConfigurations",
    "chatbot:ListTagsForResource",
    "codeconnections:GetConnection",
    "codeconnections:ListTagsForResource",
    "glue:GetDatabase",
    "grafana:DescribeWorkspace",
    "grafana:DescribeWorkspaceConfiguration",
    "grafana:ListTagsForResource",
    "lambda:GetFunction",
    "s3:ListTagsForResource",
)
_SECRET = ("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter",
           "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory")  # fmt: skip


def statements(platform: str, region: str, bucket: str) -> list[Statement]:
    """Return the statements for the state in a bucket of a region."""
    state = f"arn:aws:s3:::{bucket}"
    return [
        allow("State", ["s3:GetObject", "s3:ListBucket"], [state, f"{state}/.pulumi/*"]),
        *_state_key(platform, region, state),
        allow("Look", _LOOK_TOO, ["*"]),
        deny("NoSecrets", _SECRET, ["*"]),
        {"Sid": "NoData", "Effect": "Deny", "Action": ["s3:GetObject"], "NotResource": [f"{state}/*"]},
    ]


def _state_key(platform: str, region: str, state: str) -> list[Statement]:
    """Open what S3 encrypted in the bucket, through S3 alone: Pulumi asks for the key of its secrets directly."""
    key = _found(names.state_key(platform, region))
    of_bucket = {"kms:EncryptionContext:aws:s3:arn": [state, f"{state}/*"]}
    # S3 names the bucket where it has a bucket key, and the object where it has none
    condition = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}, "StringLike": of_bucket}
    return [allow("StateKey", ["kms:Decrypt"], [key], condition=condition)] if key else []


def _found(alias: str) -> str | None:
    """Return the ARN of the key that `bootstrap` made; None where the state lies elsewhere."""
    try:
        return aws.kms.get_alias(name=alias).target_key_arn
    except Exception as error:
        if "empty result" in str(error) or "couldn't find" in str(error):
            return None
        raise
