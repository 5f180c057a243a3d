"""What AWS would answer: ids and ARNs of what is made, and the few questions that programs ask while running.

Every answer follows from the resource's own words, so a plan made twice is the same to the letter.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelyard.errors import RequestError
from modelyard.infra.plan import arns, sdk

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


@dataclass(frozen=True)
class Place:
    """Where the plan is made: what `get_caller_identity` and `get_region` say."""

    account: str
    region: str


def made(token: str, name: str, inputs: Mapping[str, Any], place: Place) -> tuple[str, dict[str, Any]]:
    """Return the id and the outputs of a resource that has just been made."""
    short = token.removeprefix("aws:")
    seed = f"{token}:{name}:{place.account}:{place.region}"
    own = _own_name(name, inputs)
    arn = arns.arn(token, own, inputs, place.region, place.account, _hex(seed, 17))
    identity = _identity(short, own, arn, seed)
    computed = _computed(token, own, identity, arn, place)
    state = {**computed, **inputs}
    for key, value in computed.items():  # AWS adds to what was given: the group of a cluster's vpcConfig
        if isinstance(value, dict) and isinstance(inputs.get(key), dict):
            state[key] = {**value, **inputs[key]}
    return identity, {key: value for key, value in state.items() if value is not None}


def answer(token: str, arguments: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return what a provider function answers.

    Raises:
        RequestError: It is none that a plan can answer.
    """
    known = _CALLS.get(token)
    if known is None:
        raise RequestError(
            f"A plan cannot answer the call {token}.",
            "Let the program take the value from its configuration, or export it from a layer below.",
            code="unanswered_call",
        )
    return known(arguments, place)


def _own_name(name: str, inputs: Mapping[str, Any]) -> str:
    given = next((inputs[key] for key in _NAMES if isinstance(inputs.get(key), str)), None)
    return given or name


def _identity(short: str, own: str, arn: str, seed: str) -> str:
    if short in _PREFIXES:
        return f"{_PREFIXES[short]}-{_hex(seed, 17)}"
    if short == "kms/key:Key":
        return arn.rpartition("/")[2]
    if short == "route53/zone:Zone":
        return f"Z{_hex(seed, 17).upper()}"
    return arn if short.startswith(_ARN_IS_ID) else own


def _computed(token: str, own: str, identity: str, arn: str, place: Place) -> dict[str, Any]:
    shape = sdk.shape(token)
    if shape is None or not token.startswith("aws:"):
        return {}
    seed = _hex(f"{token}:{own}:{place.account}:{place.region}", 8)
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
        "vpcConfig": {"clusterSecurityGroupId": f"sg-{_hex(own, 17)}"},
        "connectionStatus": "PENDING",
        "webhookUrl": "https://codebuild.amazonaws.com/webhooks",
        "defaultSecurityGroupId": f"sg-{_hex(identity, 17)}",
        "defaultRouteTableId": f"rtb-{_hex(identity, 17)}",
        "mainRouteTableId": f"rtb-{_hex(identity, 17)}",
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


def _hex(seed: str, digits: int) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:digits]


def _zones(_arguments: Mapping[str, Any], place: Place) -> dict[str, Any]:
    names = [f"{place.region}{letter}" for letter in "abc"]
    ids = [f"{place.region}-az{number}" for number in (1, 2, 3)]
    return {"id": place.region, "names": names, "zoneIds": ids, "groupNames": [place.region] * 3}


def _identity_of_caller(_arguments: Mapping[str, Any], place: Place) -> dict[str, Any]:
    return {
        "id": place.account,
        "accountId": place.account,
        "userId": "PLAN",
        "arn": f"arn:aws:iam::{place.account}:root",
    }


def _region(arguments: Mapping[str, Any], place: Place) -> dict[str, Any]:
    region = arguments.get("region") or place.region
    return {"id": region, "name": region, "region": region, "endpoint": f"ec2.{region}.amazonaws.com"}


def _partition(_arguments: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _prefix_list(arguments: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    name = arguments.get("name") or "list"
    return {"id": f"pl-{_hex(name, 8)}", "name": name, "arn": "", "entries": [], "version": 1, "ownerId": "AWS"}


def _random(_arguments: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    return {"id": "random", "randomPassword": "planned"}


def _secret(arguments: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    return {"id": arguments.get("secretId"), "secretId": arguments.get("secretId"), "secretString": "planned"}


def _alias(arguments: Mapping[str, Any], place: Place) -> dict[str, Any]:
    name = str(arguments.get("name"))
    here, key = f"arn:aws:kms:{place.region}:{place.account}", _hex(name, 32)
    return {"id": name, "name": name, "arn": f"{here}:{name}", "targetKeyId": key, "targetKeyArn": f"{here}:key/{key}"}


def _zone(arguments: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    name = str(arguments.get("name") or "zone")
    return {"id": arguments.get("zoneId") or f"Z{_hex(name, 17).upper()}", "name": name, "nameServers": []}


_CALLS = {
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": _secret,
    "aws:kms/getAlias:getAlias": _alias,
    "aws:route53/getZone:getZone": _zone,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _identity_of_caller,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
}
