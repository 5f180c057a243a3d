"""EC2: the network that everything stands in."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Presence, Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be, must_have
from modelyard.infra.policy.value import UNKNOWN, as_list, at
from modelyard.infra.policy.world import World

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INWARD = ("ec2", "ecr.api", "ecr.dkr", "ssm")
LOGINS = (22, 3389)


class DefaultGroupEmpty(Relation, row="EC2.2"):
    """The default security group has no rules."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        groups = world.about(item, DEFAULT_GROUP, "vpcId")
        if not groups:
            yield Breach("ingress", None, "has no DefaultSecurityGroup, so AWS's own rules stay")
        for group in groups:
            for side in ("ingress", "egress"):
                if as_list(group.get(side)):
                    yield Breach(side, group.get(side), "has rules")


class VolumesEncrypted(Presence, row="EC2.3/EC2.7"):
    """Volumes are encrypted by default, by whoever owns the guard rails of the account's region."""

    layer = "account"
    beside = ("aws:accessanalyzer/analyzer:Analyzer",)
    needs = "aws:ebs/encryptionByDefault:EncryptionByDefault"

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.type == self.needs:
            yield from must_be(item, "enabled", True, unset=True)
        else:
            yield from must_be(item, "encrypted", True, unset=False)


class TrafficLogged(Relation, row="EC2.6"):
    """The network's traffic is logged."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        logs = world.about(item, FLOW_LOG, "vpcId")
        if not logs:
            yield Breach("trafficType", None, "has no FlowLog")
        for log in logs:
            yield from must_be(log, "trafficType", "ALL", "REJECT")
            yield from must_have(log, "logDestination")


class ServicesReachedInside(Relation, row="EC2.10/55/56/57"):
    """Ec2, ecr.api, ecr.dkr and ssm are reached without leaving the network."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        names = [str(one.get("serviceName", "")) for one in world.about(item, ENDPOINT, "vpcId")]
        missing = [service for service in INWARD if not any(name.endswith(f".{service}") for name in names)]
        if missing:
            yield Breach("serviceName", sorted(names), f"has no interface endpoint for {', '.join(missing)}")


class NoPublicAddresses(Property, row="EC2.15"):
    """Subnets give out no public addresses."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "mapPublicIpOnLaunch", False, unset=False)


class AclKeepsLoginsClosed(Property, row="EC2.21"):
    """Network ACLs keep 22 and 3389 closed to the internet."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        rules = as_list(item.get("ingress")) if item.type.endswith(":NetworkAcl") else [_single(item)]
        for rule in rules:
            if rule is not UNKNOWN and _lets_the_world_log_in(rule):
                yield Breach("ingress", rule, "lets the internet reach 22 or 3389")


def _single(item: Item) -> dict[str, object]:
    action = "deny" if item.get("egress") is True else item.get("ruleAction")
    keys = ("cidrBlock", "ipv6CidrBlock", "fromPort", "toPort", "protocol")
    return {**{key: item.get(key) for key in keys}, "action": action}


def _lets_the_world_log_in(rule: object) -> bool:
    everybody = at(rule, "cidrBlock") == "0.0.0.0/0" or at(rule, "ipv6CidrBlock") == "::/0"
    every_port = str(at(rule, "protocol")) == "-1"
    low, high = int(at(rule, "fromPort", 0)), int(at(rule, "toPort", 0))
    return (
        str(at(rule, "action")).lower() == "allow"
        and everybody
        and (every_port or any(low <= port <= high for port in LOGINS))
    )
