"""Under which id a resource can be found again when the engine never heard the answer to its creation.

Only types whose id follows from their inputs are here (the import section of each resource in the provider's
documentation); the others get an id that AWS makes up.
"""

import re
from collections.abc import Mapping
from typing import Any

_BUCKET = "{bucket}"
_PLACE = re.compile(r"\{(\w+)\}")
_BY_NAME = (
    "aws:iam/role:Role", "aws:iam/instanceProfile:InstanceProfile", "aws:cloudwatch/logGroup:LogGroup",
    "aws:kms/alias:Alias", "aws:ecr/repository:Repository", "aws:rds/subnetGroup:SubnetGroup",
    "aws:rds/parameterGroup:ParameterGroup", "aws:eks/cluster:Cluster", "aws:athena/workgroup:Workgroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/eventRule:EventRule", "aws:lambda/function:Function",
    "aws:cloudwatch/eventConnection:EventConnection", "aws:cloudwatch/eventApiDestination:EventApiDestination",
    "aws:codebuild/project:Project", "aws:ssm/parameter:Parameter", "aws:ecs/cluster:Cluster",
)  # fmt: skip

IDS: dict[str, str] = dict.fromkeys(_BY_NAME, "{name}") | {
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketPolicy:BucketPolicy": _BUCKET,
    "aws:s3/bucketVersioning:BucketVersioning": _BUCKET,
    "aws:s3/bucketLogging:BucketLogging": _BUCKET,
    "aws:s3/bucketNotification:BucketNotification": _BUCKET,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _BUCKET,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _BUCKET,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _BUCKET,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _BUCKET,
    "aws:iam/policy:Policy": "arn:aws:iam::{account}:policy/{name}",
    "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "{role}/{policyArn}",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "{repository}",
    "aws:rds/instance:Instance": "{identifier}",
    "aws:eks/addon:Addon": "{clusterName}:{addonName}",
    "aws:eks/accessEntry:AccessEntry": "{clusterName}:{principalArn}",
    "aws:sns/topic:Topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws:sqs/queue:Queue": "https://sqs.{region}.amazonaws.com/{account}/{name}",
    "aws:glue/catalogDatabase:CatalogDatabase": "{account}:{name}",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "{alarmName}",
    "aws:cloudwatch/dashboard:Dashboard": "{dashboardName}",
    "aws:budgets/budget:Budget": "{account}:{name}",
}


def expected(kind: str, inputs: Mapping[str, Any], account: str, region: str) -> str | None:
    """Return the id of a resource that is made from these inputs, or None where AWS makes one up."""
    if kind.startswith("kubernetes:"):
        metadata = inputs.get("metadata") or {}
        name, place = metadata.get("name"), metadata.get("namespace")
        return f"{place}/{name}" if name and place else name
    template = IDS.get(kind)
    facts = {**inputs, "account": account, "region": region}
    if template is None or any(not isinstance(facts.get(key), str) for key in _PLACE.findall(template)):
        return None
    return template.format(**facts)
