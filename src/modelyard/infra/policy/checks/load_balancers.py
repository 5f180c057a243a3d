"""ELB: load balancers, and what the public ones owe in addition."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be, must_number
from modelyard.infra.policy.value import UNKNOWN, as_list, at
from modelyard.infra.policy.world import LOAD_BALANCER, World

ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
SAFE_POLICIES = ("ELBSecurityPolicy-TLS13-1-2-Res", "ELBSecurityPolicy-TLS13-1-3", "ELBSecurityPolicy-TLS13-1-2-2021")


def _application(item: Item) -> bool:
    return item.get("loadBalancerType", "application") == "application"


def _public(listener: Item, world: World) -> bool:
    balancers = [one for one in world.of(LOAD_BALANCER) if world.points(listener, "loadBalancerArn", one)]
    return any(one.get("internal", False) is False for one in balancers)


class HttpRedirects(Relation, row="ELB.1"):
    """A public listener sends HTTP to HTTPS."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        if item.get("protocol") != "HTTP" or not _public(item, world):
            return
        kinds = [at(action, "type") for action in as_list(item.get("defaultActions"))]
        if kinds != ["redirect"]:
            yield Breach("defaultActions", kinds, "answers over plain HTTP")


class InvalidHeadersDropped(Property, row="ELB.4"):
    """Load balancers drop invalid headers."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if _application(item):
            yield from must_be(item, "dropInvalidHeaderFields", True, unset=False)


class AccessLogs(Property, row="ELB.5"):
    """Load balancers write access logs."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "accessLogs.enabled", True, unset=False)


class BalancerKept(Property, row="ELB.6"):
    """Load balancers cannot be deleted by accident."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "enableDeletionProtection", True, unset=False)


class DesyncGuard(Property, row="ELB.12"):
    """Load balancers guard against request smuggling."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if _application(item):
            yield from must_be(item, "desyncMitigationMode", "defensive", "strictest", unset="defensive")


class SpansZones(Property, row="ELB.13"):
    """Load balancers span zones."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        path = "subnetMappings" if item.get("subnetMappings") is not None else "subnets"
        yield from must_number(item, path, 2)


class BehindWebAcl(Relation, row="ELB.16"):
    """A public load balancer stands behind a web ACL."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        public = item.get("internal", False) is False and _application(item)
        if public and not world.about(item, ASSOCIATION, "resourceArn"):
            yield Breach("webAclArn", None, "faces the internet without a web ACL")


class CurrentTls(Relation, row="ELB.17/ELB.18"):
    """Public listeners speak current TLS: a listener that only redirects is ELB.1's."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        if item.get("protocol") not in ("HTTPS", "TLS") or not _public(item, world):
            return
        policy = item.get("sslPolicy", "ELBSecurityPolicy-2016-08")
        if policy is not UNKNOWN and not str(policy).startswith(SAFE_POLICIES):
            yield Breach("sslPolicy", policy, "allows TLS that is out of date")
