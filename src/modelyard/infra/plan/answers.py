"""What AWS would answer when something is made: ids, ARNs, and whatever else only it can set.

Every answer follows from the resource's own words, so a plan made twice is the same to the letter.
"""

from collections.abc import Mapping
from typing import Any

from modelyard.infra.plan import arns, sdk
from modelyard.infra.plan.place import Place, digits

# resources whose id is a prefix and seventeen hexadecimal digits
_PREFIXES = {
    "ec2/vpc:Vpc": "vpc",
    "ec2/subnet:Subnet": "subnet",
    "ec2/securityGroup:SecurityGroup": "sg",
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg",
    "ec2/internetGateway:InternetGateway": "igw",
    "ec2/natGateway:NatGateway": "nat",
    "ec2/routeTable:RouteTable": "rtb",
    "ec2/eip:Eip": "eipalloc",
    "ec2/vpcEndpoint:VpcEndpoint": "vpce",
    "ec2/flowLog:FlowLog": "fl",
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
}
# inputs that are the resource's id, in this order
_NAMES = ("bucket", "name", "repositoryName", "clusterName", "identifier", "family", "functionName", "topicName")
_ARN_IS_ID = ("lb/", "sns/topic:", "acm/", "wafv2/webAclAssociation", "iam/policy:", "iam/openIdConnectProvider:",
              "secretsmanager/secret", "codeconnections/", "costexplorer/", "ecs/cluster:", "ecs/service:")  # fmt: skip


def made(token: str, name: str, inputs: Mapping[str, Any], place: Place) -> tuple[str, dict[str, Any]]:
    """Return the id and the outputs of a resource that has just been made."""
    short = token.removeprefix("aws:")
    seed = f"{token}:{name}:{place.account}:{place.region}"
    own = _own_name(name, inputs)
    arn = arns.arn(token, own, inputs, place.region, place.account, digits(seed, 17))
    identity = _identity(short, own, arn, seed)
    computed = _computed(token, own, identity, arn, place)
    state = {**computed, **inputs}
    for key, value in computed.items():  # AWS adds to what was given: the group of a cluster's vpcConfig
        if isinstance(value, dict) and isinstance(inputs.get(key), dict):
            state[key] = {**value, **inputs[key]}
    return identity, {key: value for key, value in state.items() if value is not None}


def _own_name(name: str, inputs: Mapping[str, Any]) -> str:
    given = next((inputs[key] for key in _NAMES if isinstance(inputs.get(key), str)), None)
    return given or name


def _identity(short: str, own: str, arn: str, seed: str) -> str:
    if short in _PREFIXES:
        return f"{_PREFIXES[short]}-{digits(seed, 17)}"
    if short == "kms/key:Key":
        return arn.rpartition("/")[2]
    if short == "route53/zone:Zone":
        return f"Z{digits(seed, 17).upper()}"
    return arn if short.startswith(_ARN_IS_ID) else own


def _computed(token: str, own: str, identity: str, arn: str, place: Place) -> dict[str, Any]:
    shape = sdk.shape(token)
    if shape is None or not token.startswith("aws:"):
        return {}
    seed = digits(f"{token}:{own}:{place.account}:{place.region}", 8)
    facts = {
        "arn": arn,
        "id": identity,
        "name": own,
        "region": place.region,
        "ownerId": place.account,
        "dnsName": f"{own}-{seed}.{place.region}.elb.amazonaws.com",
        "zoneId": f"Z{seed.upper()}",
        "hostedZoneId": f"Z{seed.upper()}",
        "address": f"{own}.{seed}.{place.region}.rds.amazonaws.com",
        "bucketRegionalDomainName": f"{own}.s3.{place.region}.amazonaws.com",
        "repositoryUrl": f"{place.account}.dkr.ecr.{place.region}.amazonaws.com/{own}",
        "registryId": place.account,
        "keyId": identity,
        "arnSuffix": arn.partition(":loadbalancer/")[2] or arn.rpartition(":")[2],
        "revision": 1,
        "arnWithoutRevision": arn.rpartition(":")[0],
        "dashboardArn": arn,
        "createDate": "2026-01-01T00:00:00Z",
        "port": 5432,
        "endpoint": f"https://{seed.upper()}.gr7.{place.region}.eks.amazonaws.com",
        "masterUserSecrets": [{"secretArn": arns.secret(place.region, place.account, f"rds!db-{own}", seed)}],
        "certificateAuthorities": [{"data": "cGxhbm5lZA=="}],
        "certificateAuthority": {"data": "cGxhbm5lZA=="},
        "domainValidationOptions": [
            {
                "domainName": own,
                "resourceRecordName": f"_{seed}.{own}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_{seed}.acm-validations.aws.",
            }
        ],
        "fqdn": own,
        "publicIp": "203.0.113.10",
        "prefixListId": f"pl-{seed}",
        "vpcConfig": {"clusterSecurityGroupId": f"sg-{digits(own, 17)}"},
        "connectionStatus": "PENDING",
        "webhookUrl": "https://codebuild.amazonaws.com/webhooks",
        "defaultSecurityGroupId": f"sg-{digits(identity, 17)}",
        "defaultRouteTableId": f"rtb-{digits(identity, 17)}",
        "mainRouteTableId": f"rtb-{digits(identity, 17)}",
        "uniqueId": f"AROA{seed.upper()}",
        "qualifiedArn": f"{arn}:1",
        "invokeArn": arn,
        "secretArn": arns.secret(place.region, place.account, f"events!connection/{own}", seed),
        "prometheusEndpoint": f"https://aps-workspaces.{place.region}.amazonaws.com/workspaces/{identity}/",
        "versionId": seed,
    }
    known = {key: value for key, value in facts.items() if key in shape.outputs or key in ("arn", "id")}
    return {**_invented(shape, own, identity, arn), **known}


def _invented(shape: sdk.Shape, own: str, identity: str, arn: str) -> dict[str, Any]:
    """Return something for each text that only AWS can set, or a program that uses one would lose the property."""
    texts = [wire for wire, kind in shape.outputs.items() if kind is str and wire not in shape.inputs]
    return {
        wire: identity if wire.endswith("Id") else arn if wire.endswith("Arn") else f"{own}-{wire}" for wire in texts
    }
