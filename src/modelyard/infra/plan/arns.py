"""ARNs as AWS would build them, so that policies in a plan can be compared with the resources they name."""

from collections.abc import Mapping
from typing import Any

_BALANCING = "arn:aws:elasticloadbalancing:{region}:{account}"
_EVENTS = "arn:aws:events:{region}:{account}"
# after `aws:`: the resource part; {name} {region} {account} {hash} and inputs are filled in
_PATTERNS = {
    "s3/bucket:Bucket": "arn:aws:s3:::{name}",
    "iam/role:Role": "arn:aws:iam::{account}:role{path}{name}",
    "iam/policy:Policy": "arn:aws:iam::{account}:policy{path}{name}",
    "iam/instanceProfile:InstanceProfile": "arn:aws:iam::{account}:instance-profile{path}{name}",
    "kms/key:Key": "arn:aws:kms:{region}:{account}:key/{uuid}",
    "kms/alias:Alias": "arn:aws:kms:{region}:{account}:{name}",
    "rds/instance:Instance": "arn:aws:rds:{region}:{account}:db:{name}",
    "rds/subnetGroup:SubnetGroup": "arn:aws:rds:{region}:{account}:subgrp:{name}",
    "rds/parameterGroup:ParameterGroup": "arn:aws:rds:{region}:{account}:pg:{name}",
    "lb/loadBalancer:LoadBalancer": _BALANCING + ":loadbalancer/app/{name}/{hash}",
    "lb/targetGroup:TargetGroup": _BALANCING + ":targetgroup/{name}/{hash}",
    "lb/listener:Listener": _BALANCING + ":listener/app/{name}/{hash}/{hash}",
    "lb/listenerRule:ListenerRule": _BALANCING + ":listener-rule/app/{name}/{hash}/{hash}/{hash}",
    "ecs/cluster:Cluster": "arn:aws:ecs:{region}:{account}:cluster/{name}",
    "ecs/taskDefinition:TaskDefinition": "arn:aws:ecs:{region}:{account}:task-definition/{name}:1",
    "ecr/repository:Repository": "arn:aws:ecr:{region}:{account}:repository/{name}",
    "eks/cluster:Cluster": "arn:aws:eks:{region}:{account}:cluster/{name}",
    "cloudwatch/logGroup:LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "cloudwatch/metricAlarm:MetricAlarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "cloudwatch/compositeAlarm:CompositeAlarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "cloudwatch/dashboard:Dashboard": "arn:aws:cloudwatch::{account}:dashboard/{name}",
    "cloudwatch/eventRule:EventRule": _EVENTS + ":rule/{name}",
    "cloudwatch/eventConnection:EventConnection": _EVENTS + ":connection/{name}/{uuid}",
    "cloudwatch/eventApiDestination:EventApiDestination": _EVENTS + ":api-destination/{name}/{uuid}",
    "sns/topic:Topic": "arn:aws:sns:{region}:{account}:{name}",
    "sqs/queue:Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "lambda/function:Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "codebuild/project:Project": "arn:aws:codebuild:{region}:{account}:project/{name}",
    "codeconnections/connection:Connection": "arn:aws:codeconnections:{region}:{account}:connection/{uuid}",
    "acm/certificate:Certificate": "arn:aws:acm:{region}:{account}:certificate/{uuid}",
    "glue/catalogDatabase:CatalogDatabase": "arn:aws:glue:{region}:{account}:database/{name}",
    "athena/workgroup:Workgroup": "arn:aws:athena:{region}:{account}:workgroup/{name}",
    "budgets/budget:Budget": "arn:aws:budgets::{account}:budget/{name}",
    "costexplorer/anomalyMonitor:AnomalyMonitor": "arn:aws:ce::{account}:anomalymonitor/{uuid}",
    "costexplorer/anomalySubscription:AnomalySubscription": "arn:aws:ce::{account}:anomalysubscription/{uuid}",
    "iam/openIdConnectProvider:OpenIdConnectProvider": "arn:aws:iam::{account}:oidc-provider/{host}",
    "accessanalyzer/analyzer:Analyzer": "arn:aws:access-analyzer:{region}:{account}:analyzer/{name}",
    "wafv2/webAcl:WebAcl": "arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{uuid}",
    "amp/workspace:Workspace": "arn:aws:aps:{region}:{account}:workspace/ws-{uuid}",
}


def arn(  # noqa: PLR0913 - what an ARN is made of
    token: str, name: str, inputs: Mapping[str, Any], region: str, account: str, digest: str
) -> str:
    """Return the ARN of a new resource; `digest` are hexadecimal digits that AWS would choose."""
    short = token.removeprefix("aws:")
    if short == "secretsmanager/secret:Secret":
        return secret(region, account, name, digest)
    if short == "ecs/service:Service":
        return f"arn:aws:ecs:{region}:{account}:service/{_last(inputs.get('cluster', 'default'))}/{name}"
    service, _, kind = short.partition("/")
    pattern = _PATTERNS.get(
        short, f"arn:aws:{service}:{{region}}:{{account}}:{kind.partition(':')[0].lower()}/{{name}}"
    )
    return pattern.format(
        name=name,
        region=region,
        account=account,
        hash=digest[:16],
        uuid=uuid(digest),
        path=inputs.get("path") or "/",
        host=str(inputs.get("url", "")).removeprefix("https://"),
    )


def secret(region: str, account: str, name: str, digest: str) -> str:
    """Return the ARN of a secret, which ends in six characters that AWS chooses."""
    return f"arn:aws:secretsmanager:{region}:{account}:secret:{name}-{digest[:6]}"


def uuid(digest: str) -> str:
    """Return hexadecimal digits in the shape of a UUID."""
    text = (digest * 2)[:32]
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _last(text: object) -> str:
    return str(text).rpartition("/")[2]
