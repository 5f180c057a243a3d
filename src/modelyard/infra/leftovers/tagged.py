"""What carries this environment's tags, by the tagging interface; what costs nothing, or is gone, is left out."""

from modelyard.infra import aws
from modelyard.infra.components.tags import PREFIX
from modelyard.infra.leftovers.clues import Clues
from modelyard.infra.leftovers.found import Found

# What has a tag and no price: the service part of the ARN, then how the rest begins.
_FREE = (
    ("iam", ""), ("ec2", "vpc/"), ("ec2", "subnet/"), ("ec2", "route-table/"), ("ec2", "internet-gateway/"),
    ("ec2", "security-group"), ("ec2", "network-acl/"), ("ec2", "dhcp-options/"), ("ec2", "network-interface/"),
    ("ec2", "launch-template/"), ("ec2", "vpc-flow-log/"), ("ecs", "task-definition/"), ("ecs", "cluster/"),
    ("ecs", "service/"), ("rds", "subgrp:"), ("rds", "pg:"), ("rds", "og:"), ("sns", ""), ("events", ""),
    ("athena", ""), ("glue", "database"), ("codebuild", "project/"), ("elasticloadbalancing", "targetgroup/"),
    ("elasticloadbalancing", "listener"), ("access-analyzer", ""), ("eks", "addon/"), ("eks", "access-entry/"),
    ("eks", "podidentityassociation/"), ("acm", ""), ("budgets", ""), ("ce", ""), ("ecr", ""),
)  # fmt: skip
# ECR is in the list of free ones because an empty repository costs nothing: one with images is found by its service.
# What its own service was asked for, by the same tags: it knows what is gone, of which tags still tell for an hour.
_ASKED_OF_ITS_SERVICE = (
    ("ec2", "instance/"), ("ec2", "natgateway/"), ("ec2", "vpc-endpoint/"), ("ec2", "elastic-ip/"), ("ec2", "volume/"),
    ("ec2", "snapshot/"), ("elasticloadbalancing", "loadbalancer/app/"), ("elasticloadbalancing", "loadbalancer/net/"),
    ("eks", "cluster/"), ("rds", "db:"), ("logs", "log-group:"), ("secretsmanager", "secret:"), ("aps", "workspace/"),
)  # fmt: skip


def tagged(clues: Clues) -> list[Found]:
    """Return what the tags give away, by ARN."""
    client = aws.client("resourcegroupstaggingapi", clues.region)
    filters = [
        {"Key": f"{PREFIX}env", "Values": [clues.env]},
        {"Key": f"{PREFIX}project", "Values": list(clues.owners)},
    ]
    found = aws.pages(client, "get_resources", "ResourceTagMappingList", TagFilters=filters)
    arns = [each["ResourceARN"] for each in found]
    return [_found(arn, clues) for arn in arns if not _passed_over(arn) and not _going(arn, clues)]


def _found(arn: str, clues: Clues) -> Found:
    service = arn.split(":")[2]
    return Found(kind=service, id=arn, why=f"tag {PREFIX}env={clues.env}", fix=f"delete it in the {service} console")


def _passed_over(arn: str) -> bool:
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    return any(service == name and rest.startswith(begin) for name, begin in (*_FREE, *_ASKED_OF_ITS_SERVICE))


def _going(arn: str, clues: Clues) -> bool:
    """Tell whether a key waits for its deletion: it costs nothing then, and cannot go sooner than in a week."""
    if arn.split(":")[2] != "kms":
        return False
    with aws.told(f"describing {arn}"):
        key = aws.client("kms", clues.region).describe_key(KeyId=arn)["KeyMetadata"]
    return key["KeyState"] in {"PendingDeletion", "PendingReplicaDeletion"}
