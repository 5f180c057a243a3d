"""Names against what each service accepts.

The limits are those of botocore's API models and of AWS's own pages; where a service checks only when it is called,
this is the only place that notices before money is spent.
"""

import re
from collections.abc import Iterator, Sequence

from modelyard.infra.plan.checks.known import Known
from modelyard.infra.plan.records import Problem, Resource

_WORD = r"[A-Za-z0-9_+=,.@-]+"
_HYPHENS = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_RDS = r"[a-z](-?[a-z0-9])*"

# type without `aws:` -> (property, shortest, longest, pattern of the whole name)
LIMITS: dict[str, tuple[str, int, int, str]] = {
    "s3/bucket:Bucket": ("bucket", 3, 63, r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?!.*\.\.)[a-z0-9.-]*[a-z0-9]"),
    "iam/role:Role": ("name", 1, 64, _WORD),
    "iam/policy:Policy": ("name", 1, 128, _WORD),
    "iam/rolePolicy:RolePolicy": ("name", 1, 128, _WORD),
    "lb/loadBalancer:LoadBalancer": ("name", 1, 32, rf"(?!internal-){_HYPHENS}"),
    "lb/targetGroup:TargetGroup": ("name", 1, 32, _HYPHENS),
    "ecs/cluster:Cluster": ("name", 1, 255, r"[A-Za-z0-9_-]+"),
    "ecs/service:Service": ("name", 1, 255, r"[A-Za-z0-9_-]+"),
    "ecs/taskDefinition:TaskDefinition": ("family", 1, 255, r"[A-Za-z0-9_-]+"),
    "rds/instance:Instance": ("identifier", 1, 63, _RDS),
    "rds/subnetGroup:SubnetGroup": ("name", 1, 255, r"(?!default$)[a-z][a-z0-9._ -]*"),
    "rds/parameterGroup:ParameterGroup": ("name", 1, 255, _RDS),
    "kms/alias:Alias": ("name", 1, 256, r"alias/(?!aws/)[A-Za-z0-9/_-]+"),
    "cloudwatch/logGroup:LogGroup": ("name", 1, 512, r"[.\-_/#A-Za-z0-9]+"),
    "cloudwatch/metricAlarm:MetricAlarm": ("name", 1, 255, r"[^\x00-\x1f]+"),
    "cloudwatch/compositeAlarm:CompositeAlarm": ("alarmName", 1, 255, r"[^\x00-\x1f]+"),
    "cloudwatch/dashboard:Dashboard": ("dashboardName", 1, 255, r"[A-Za-z0-9_-]+"),
    "cloudwatch/eventRule:EventRule": ("name", 1, 64, r"[.\-_A-Za-z0-9]+"),
    "cloudwatch/eventConnection:EventConnection": ("name", 1, 64, r"[.\-_A-Za-z0-9]+"),
    "cloudwatch/eventApiDestination:EventApiDestination": ("name", 1, 64, r"[.\-_A-Za-z0-9]+"),
    "sns/topic:Topic": ("name", 1, 256, r"[A-Za-z0-9_-]+(\.fifo)?"),
    "sqs/queue:Queue": ("name", 1, 80, r"[A-Za-z0-9_-]+(\.fifo)?"),
    "ecr/repository:Repository": (
        "name",
        2,
        256,
        r"[a-z][a-z0-9]*((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*",
    ),
    "codebuild/project:Project": ("name", 2, 150, r"[A-Za-z0-9][A-Za-z0-9_-]*"),
    "codeconnections/connection:Connection": ("name", 1, 32, r".+"),
    "eks/cluster:Cluster": ("name", 1, 100, r"[0-9A-Za-z][A-Za-z0-9_-]*"),
    "glue/catalogDatabase:CatalogDatabase": ("name", 1, 255, r"[a-z0-9_]+"),
    "athena/workgroup:Workgroup": ("name", 1, 128, r"[A-Za-z0-9._-]+"),
    "budgets/budget:Budget": ("name", 1, 100, r"(?!.*/action/)[^:\\]+"),
    "secretsmanager/secret:Secret": ("name", 1, 512, r"(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9/_+=.@-]+"),
    "ec2/securityGroup:SecurityGroup": ("name", 1, 255, r"(?!sg-)[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+"),
    "lambda/function:Function": ("name", 1, 64, r"[A-Za-z0-9_-]+"),
    "wafv2/webAcl:WebAcl": ("name", 1, 128, r"[\w-]+"),
    "accessanalyzer/analyzer:Analyzer": ("analyzerName", 1, 255, r"[A-Za-z][A-Za-z0-9_.-]*"),
}
_DESCRIPTION = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
_DESCRIBED = ("ec2/securityGroup:SecurityGroup", "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
              "vpc/securityGroupEgressRule:SecurityGroupEgressRule")  # fmt: skip
_PATTERNS = {token: re.compile(pattern) for token, (_, _, _, pattern) in LIMITS.items()}


def limits(resources: Sequence[Resource], known: Known) -> Iterator[Problem]:  # noqa: ARG001 - one shape for all checks
    """Yield a problem for each name that its service would refuse."""
    for resource in resources:
        token = resource.type.removeprefix("aws:")
        if token in LIMITS:
            yield from _name(resource, token)
        description = resource.inputs.get("description")
        if token in _DESCRIBED and description is not None and not _DESCRIPTION.fullmatch(description):
            yield _problem(resource, "description", description, "has characters that EC2 does not take", "Use others.")


def _name(resource: Resource, token: str) -> Iterator[Problem]:
    name, shortest, longest, _ = LIMITS[token]
    value = resource.inputs.get(name)
    if not isinstance(value, str):
        return
    if not shortest <= len(value) <= longest:
        message = f"{len(value)} characters; {shortest} to {longest} are allowed"
        yield _problem(resource, name, value, message, "Shorten the name of the platform or of the project.")
    elif not _PATTERNS[token].fullmatch(value):
        yield _problem(resource, name, value, "is no name that the service takes", f"It must match {LIMITS[token][3]}")


def _problem(resource: Resource, name: str, value: str, message: str, fix: str) -> Problem:
    return Problem(layer=resource.layer, resource=resource.urn, property=name, value=value, message=message, fix=fix)
