"""Finds a resource by its tags, where AWS made up its id and the engine never heard it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from modelyard.errors import OutsideError
from modelyard.infra import aws

if TYPE_CHECKING:
    from modelyard.infra.engine.pending import Pending

# What the tagging interface calls the types whose ids are made up; their id is the last part of the ARN.
_KINDS = {
    "aws:ec2/vpc:Vpc": "ec2:vpc",
    "aws:ec2/subnet:Subnet": "ec2:subnet",
    "aws:ec2/securityGroup:SecurityGroup": "ec2:security-group",
    "aws:ec2/routeTable:RouteTable": "ec2:route-table",
    "aws:ec2/internetGateway:InternetGateway": "ec2:internet-gateway",
    "aws:ec2/natGateway:NatGateway": "ec2:natgateway",
    "aws:ec2/eip:Eip": "ec2:elastic-ip",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "ec2:vpc-endpoint",
    "aws:kms/key:Key": "kms:key",
    "aws:lb/loadBalancer:LoadBalancer": "elasticloadbalancing:loadbalancer",
    "aws:lb/targetGroup:TargetGroup": "elasticloadbalancing:targetgroup",
    "aws:secretsmanager/secret:Secret": "secretsmanager:secret",
}
_WHOLE_ARN = ("aws:lb/", "aws:secretsmanager/")


def by_tags(region: str) -> Callable[["Pending"], str | None]:
    """Return a search of one region: the id of the only resource with exactly these tags, else None."""

    def search(lost: "Pending") -> str | None:
        kind, tags = _KINDS.get(lost.type), lost.inputs.get("tags")
        if kind is None or not isinstance(tags, Mapping) or "Name" not in tags:
            return None
        try:
            found = _tagged(region, kind, tags)
        except OutsideError:
            return None
        return _id(lost.type, found[0]) if len(found) == 1 else None

    return search


def _tagged(region: str, kind: str, tags: Mapping[str, Any]) -> list[str]:
    filters = [{"Key": key, "Values": [str(value)]} for key, value in tags.items()]
    client = aws.client("resourcegroupstaggingapi", region)
    found = aws.pages(
        client, "get_resources", "ResourceTagMappingList", ResourceTypeFilters=[kind], TagFilters=filters[:50]
    )
    return [each["ResourceARN"] for each in found]


def _id(kind: str, arn: str) -> str:
    return arn if kind.startswith(_WHOLE_ARN) else arn.rsplit("/", 1)[-1]
