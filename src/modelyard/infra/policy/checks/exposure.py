"""EC2: what security groups open to the internet, however the rule is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be
from modelyard.infra.policy.value import UNKNOWN, as_list, at
from modelyard.infra.policy.world import World

EVERYBODY = frozenset({"0.0.0.0/0", "::/0"})
WEB = frozenset({80, 443})
LOGINS = frozenset({22, 3389})


@dataclass(frozen=True)
class Opening:
    """One way in from the whole internet. `ports` is None for all of them."""

    property: str
    value: Any
    ports: tuple[int, int] | None

    def lets_in(self, port: int) -> bool:
        """Say whether it leads to a port."""
        return self.ports is None or self.ports[0] <= port <= self.ports[1]


def openings(item: Item) -> Iterator[Opening]:
    """Return what a security group or one of its rules opens to everybody."""
    if item.type == "aws:ec2/securityGroup:SecurityGroup":
        rules: list[Any] = as_list(item.get("ingress"))
    elif item.type == "aws:ec2/securityGroupRule:SecurityGroupRule" and item.get("type") != "ingress":
        rules = []
    else:
        rules = [item.inputs]
    yield from (found for rule in rules if isinstance(rule, Mapping) for found in _of_rule(rule))


def _of_rule(rule: Mapping[str, Any]) -> Iterator[Opening]:
    for name in ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"):
        if EVERYBODY & {one for one in as_list(rule.get(name)) if one is not UNKNOWN}:
            yield Opening(name, rule.get(name), _ports(rule))


def _ports(rule: Mapping[str, Any]) -> tuple[int, int] | None:
    protocol = str(at(rule, "ipProtocol", at(rule, "protocol", "-1")))
    low, high = rule.get("fromPort"), rule.get("toPort")
    if protocol in ("-1", "all") or low in (None, UNKNOWN) or high in (None, UNKNOWN):
        return None
    return int(low), int(high)


class NoLogins(Property, row="EC2.13/EC2.14"):
    """Nobody reaches ports 22 and 3389 from the internet."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in openings(item):
            if one.ports is not None and any(one.lets_in(port) for port in LOGINS):
                yield Breach(one.property, one.value, f"lets the internet reach ports {one.ports[0]} to {one.ports[1]}")


class OnlyWebPorts(Property, row="EC2.18/EC2.19"):
    """Only ports 80 and 443 are open to the internet: what opens 22 or 3389 is said by EC2.13/EC2.14."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in openings(item):
            if one.ports is None:
                yield Breach(one.property, one.value, "lets the internet reach every port")
            elif not any(one.lets_in(port) for port in LOGINS) and (
                one.ports[0] != one.ports[1] or one.ports[0] not in WEB
            ):
                yield Breach(one.property, one.value, f"lets the internet reach ports {one.ports[0]} to {one.ports[1]}")


class NoPublicDatabase(Relation, row="Modelyard.public-database"):
    """No database can be reached from the internet: neither by an address of its own nor by a subnet with a way in."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        if not item.type.endswith(":SubnetGroup"):
            yield from must_be(item, "publiclyAccessible", False, unset=False)
            return
        for subnet in world.of("aws:ec2/subnet:Subnet"):
            if world.points(item, "subnetIds", subnet) and _leads_out(subnet, world):
                yield Breach("subnetIds", subnet.name, "is a subnet that the internet gateway leads into")


def _leads_out(subnet: Item, world: World) -> bool:
    for link in world.about(subnet, "aws:ec2/routeTableAssociation:RouteTableAssociation", "subnetId"):
        for table in world.of("aws:ec2/routeTable:RouteTable"):
            if world.points(link, "routeTableId", table) and _to_gateway(table, world):
                return True
    return False


def _to_gateway(table: Item, world: World) -> bool:
    routes = world.about(table, "aws:ec2/route:Route", "routeTableId")
    inline = [at(route, "gatewayId") for route in as_list(table.get("routes"))]
    gateways = world.of("aws:ec2/internetGateway:InternetGateway")
    ids = {one for gateway in gateways for one in gateway.ids}
    return any(world.points(route, "gatewayId", gateway) for route in routes for gateway in gateways) or bool(
        ids & {one for one in inline if isinstance(one, str)}
    )
