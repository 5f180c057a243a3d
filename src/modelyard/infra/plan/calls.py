"""The few questions that programs ask of AWS while they run, answered without it."""

from collections.abc import Mapping
from typing import Any

from modelyard.errors import RequestError
from modelyard.infra.plan.place import Place, digits


def answer(token: str, arguments: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return what a provider function answers.

    Raises:
        RequestError: It is none that a plan can answer.
    """
    known = CALLS.get(token)
    if known is None:
        raise RequestError(
            f"A plan cannot answer the call {token}.",
            "Let the program take the value from its configuration, or export it from a layer below.",
            code="unanswered_call",
        )
    return known(arguments, place)


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
    return {"id": f"pl-{digits(name, 8)}", "name": name, "arn": "", "entries": [], "version": 1, "ownerId": "AWS"}


def _random(_arguments: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    return {"id": "random", "randomPassword": "planned"}


def _secret(arguments: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    return {"id": arguments.get("secretId"), "secretId": arguments.get("secretId"), "secretString": "planned"}


def _alias(arguments: Mapping[str, Any], place: Place) -> dict[str, Any]:
    name = str(arguments.get("name"))
    here, key = f"arn:aws:kms:{place.region}:{place.account}", digits(name, 32)
    return {"id": name, "name": name, "arn": f"{here}:{name}", "targetKeyId": key, "targetKeyArn": f"{here}:key/{key}"}


def _zone(arguments: Mapping[str, Any], _place: Place) -> dict[str, Any]:
    name = str(arguments.get("name") or "zone")
    return {"id": arguments.get("zoneId") or f"Z{digits(name, 17).upper()}", "name": name, "nameServers": []}


CALLS = {
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
