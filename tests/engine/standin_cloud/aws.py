"""A stand-in for AWS: the SDK's own types, and the service's rules for names and references."""

import importlib.metadata
import secrets
from typing import Any

from standin_cloud import fabricate, kinds, rules, wire
from standin_cloud.service import Service, Settings, Wrong

ZONES = ("a", "b", "c")


class Aws(Service):
    """`pulumi-resource-aws`, without AWS."""

    package = "aws"
    version = importlib.metadata.version("pulumi-aws")

    def wrong(self, token: str, inputs: dict[str, Any]) -> Wrong:
        kind = kinds.kind("pulumi_aws", token)
        if kind is None:
            return [("", f"AWS has no resource type {token}")]
        found = kinds.of_object(kind.inputs, kind.required, inputs, "", wire.UNKNOWN)
        badly = rules.badly_named(token, inputs, wire.UNKNOWN)
        return [*found, *([badly] if badly else [])]

    def made(self, token: str, urn: str, inputs: dict[str, Any], settings: Settings) -> tuple[str, dict[str, Any]]:
        kind = kinds.kind("pulumi_aws", token)
        assert kind is not None
        name = fabricate.physical(token, inputs, urn)
        identifier = fabricate.identifier(token, inputs, urn, settings.region, self.cloud.serial)
        facts = {"id": identifier, "name": name, "arn": fabricate.arn(token, name, settings.region)}
        facts |= {"region": settings.region, "ownerId": fabricate.ACCOUNT, "accountId": fabricate.ACCOUNT}
        facts |= _parts(token, identifier)
        return identifier, fabricate.computed(kind, inputs, facts) | _plain_outputs(token, inputs, facts)

    def changed(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[list[str], list[str]]:
        differ = sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))
        fixed = rules.REPLACED_BY.get(token, set()) | set(rules.identity(token))
        return differ, differ if "*" in fixed else [d for d in differ if d in fixed]

    def answer(self, token: str, arguments: dict[str, Any], settings: Settings) -> dict[str, Any]:
        region = settings.region
        if token == "aws:index/getCallerIdentity:getCallerIdentity":
            me = f"arn:aws:iam::{fabricate.ACCOUNT}:user/somebody"
            return {"accountId": fabricate.ACCOUNT, "arn": me, "id": fabricate.ACCOUNT, "userId": "AIDAEXAMPLE"}
        if token == "aws:index/getRegion:getRegion":
            return {"id": region, "name": region, "region": region, "description": region, "endpoint": ""}
        if token == "aws:index/getPartition:getPartition":
            return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}
        if token == "aws:index/getAvailabilityZones:getAvailabilityZones":
            names = [f"{region}{zone}" for zone in ZONES]
            return {"id": region, "names": names, "zoneIds": names, "groupNames": [region], "region": region}
        if token in _ANSWERS:
            return _ANSWERS[token](arguments, region)
        raise NotImplementedError(f"the stand-in for AWS has no function {token}")


def _random(_: dict[str, Any], region: str) -> dict[str, Any]:
    return {"id": "password", "randomPassword": secrets.token_hex(16), "region": region}  # another one each time


def _secret(arguments: dict[str, Any], _: str) -> dict[str, Any]:
    text = {"secretString": "a secret of the tests", "secretBinary": "", "versionId": "1"}
    return arguments | text | {"id": "version", "arn": arguments["secretId"], "createdDate": "", "versionStages": []}


def _alias(arguments: dict[str, Any], region: str) -> dict[str, Any]:
    here, key = f"arn:aws:kms:{region}:{fabricate.ACCOUNT}", fabricate.digest(arguments["name"])
    named = {"id": key, "arn": f"{here}:{arguments['name']}", "region": region}
    return arguments | named | {"targetKeyId": key, "targetKeyArn": f"{here}:key/{key}"}


_ANSWERS = {
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": _secret,
    "aws:kms/getAlias:getAlias": _alias,
}


def _parts(token: str, identifier: str) -> dict[str, Any]:
    """Return the ids of what AWS makes beside a resource, so that references to them are not dangling."""
    if token == "aws:ec2/vpc:Vpc":
        names = {"defaultSecurityGroupId": "sg", "defaultNetworkAclId": "acl", "mainRouteTableId": "rtb"}
        names |= {"defaultRouteTableId": "rtb"}
        return {k: f"{p}-{fabricate.digest(identifier, p)}" for k, p in names.items()}
    return {}


def _plain_outputs(token: str, inputs: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """Return outputs that are tags: what the provider adds to those of the resource."""
    return {"tagsAll": dict(inputs.get("tags") or {})} if "tags" in inputs else {}
