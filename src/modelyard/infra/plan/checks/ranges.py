"""Address ranges: subnets inside their VPC and apart from each other, the cluster's services outside of it."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from modelyard.infra.plan.checks.known import Known
from modelyard.infra.plan.records import Problem, Resource

_VPC, _SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"


def ranges(resources: Sequence[Resource], known: Known) -> Iterator[Problem]:  # noqa: ARG001 - one shape for all checks
    """Yield a problem for each range that is none, lies outside its VPC, or meets another."""
    blocks = {_SUBNET: defaultdict(list), _VPC: defaultdict(list)}
    for resource in resources:
        cidr = resource.inputs.get("cidrBlock")
        if resource.type not in blocks or not isinstance(cidr, str):
            continue
        network = _network(cidr)
        if network is None:
            yield _problem(resource, cidr, "is no IPv4 range", "Write it as 10.20.0.0/16.")
        else:
            blocks[resource.type][str(resource.inputs.get("vpcId"))].append((resource, network))
    yield from _subnets(blocks[_SUBNET], [network for found in blocks[_VPC].values() for _, network in found])


def _subnets(
    by_vpc: dict[str, list[tuple[Resource, ipaddress.IPv4Network]]], vpcs: Sequence[ipaddress.IPv4Network]
) -> Iterator[Problem]:
    for subnets in by_vpc.values():
        for resource, network in subnets:
            if vpcs and not any(network.subnet_of(vpc) for vpc in vpcs):
                yield _problem(resource, str(network), "lies outside the VPC", "Cut it from the VPC's own range.")
        for (one, first), (other, second) in combinations(subnets, 2):
            if first.overlaps(second):
                yield _problem(other, str(second), f"overlaps {one.name} ({first})", "Give each subnet its own part.")


def _network(cidr: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(cidr)
    except ValueError:
        return None


def _problem(resource: Resource, value: str, message: str, fix: str) -> Problem:
    return Problem(
        layer=resource.layer, resource=resource.urn, property="cidrBlock", value=value, message=message, fix=fix
    )
