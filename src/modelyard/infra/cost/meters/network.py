"""The network: gateways, endpoints, addresses, load balancers, and what flows through them."""

from collections.abc import Iterator

from modelyard.infra.cost.assumptions import HOURS, SECONDS
from modelyard.infra.cost.charge import Charge, Use, meter, pool
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.value import as_list
from modelyard.infra.policy.world import LOAD_BALANCER

NAT = "aws:ec2/natGateway:NatGateway"
# one capacity unit: 25 new connections a second, or 1 GB an hour (Elastic Load Balancing, pricing)
CONNECTIONS_PER_LCU = 25
KB_PER_GB = 1_000_000


@meter(NAT)
def nat_gateway(_item: Item, _use: Use) -> Iterator[Charge]:
    """Hours; a private one too."""
    yield Charge("nat.hour", HOURS)


@pool(NAT, "NAT gateways")
def nat_data(_items: list[Item], use: Use) -> Iterator[Charge]:
    """What goes out through all of them."""
    yield Charge("nat.gb", use.assume.nat_gb)


@meter("aws:ec2/eip:Eip")
def address(_item: Item, _use: Use) -> Iterator[Charge]:
    """Each public address costs, used or not."""
    yield Charge("ipv4.hour", HOURS)


@meter("aws:ec2/vpcEndpoint:VpcEndpoint")
def endpoint(item: Item, _use: Use) -> Iterator[Charge]:
    """An interface endpoint by the zone; gateway endpoints are free."""
    if item.get("vpcEndpointType", "Gateway") == "Interface":
        yield Charge("endpoint.hour", HOURS * max(1, len(as_list(item.get("subnetIds")))))


@pool("aws:ec2/vpcEndpoint:VpcEndpoint", "interface endpoints")
def endpoint_data(items: list[Item], use: Use) -> Iterator[Charge]:
    """What goes through all of them."""
    if any(item.get("vpcEndpointType") == "Interface" for item in items):
        yield Charge("endpoint.gb", use.assume.endpoint_gb)


@pool("aws:ec2/vpc:Vpc", "traffic between zones")
def between_zones(_items: list[Item], use: Use) -> Iterator[Charge]:
    """Each direction is charged."""
    yield Charge("zones.gb", 2 * use.assume.between_zones_gb)


@meter("aws:ec2/flowLog:FlowLog")
def flow_log(item: Item, use: Use) -> Iterator[Charge]:
    """By the gigabyte, and differently by where it goes."""
    kind = "s3" if item.get("logDestinationType") == "s3" else "cloudwatch"
    yield Charge(f"flowlog.{kind}.gb", use.assume.flow_log_gb)


@meter(LOAD_BALANCER)
def load_balancer(item: Item, use: Use) -> Iterator[Charge]:
    """Hours, capacity for its share of the requests, and an address per zone when it is public."""
    kind = {"network": "nlb", "application": "alb"}.get(str(item.get("loadBalancerType", "application")), "gwlb")
    yield Charge(f"{kind}.hour", HOURS)
    if kind == "alb":
        yield Charge("alb.lcu", HOURS * _capacity(use) / max(1, len(use.world.of(LOAD_BALANCER))))
    if item.get("internal", False) is False:
        yield Charge("ipv4.hour", HOURS * len(as_list(item.get("subnets"))))


def _capacity(use: Use) -> float:
    connections = use.assume.requests / SECONDS / CONNECTIONS_PER_LCU
    return max(connections, use.assume.requests * use.assume.response_kb / KB_PER_GB / HOURS)


@pool(LOAD_BALANCER, "answers to the internet")
def answers(items: list[Item], use: Use) -> Iterator[Charge]:
    """What leaves by public load balancers."""
    if any(item.get("internal", False) is False for item in items):
        yield Charge("internet.gb", use.assume.requests * use.assume.response_kb / KB_PER_GB)


@meter("kubernetes:core/v1:Service")
def service(item: Item, _use: Use) -> Iterator[Charge]:
    """A Service of type LoadBalancer makes a network load balancer."""
    if item.get("spec.type") == "LoadBalancer":
        yield Charge("nlb.hour", HOURS)


@meter("kubernetes:networking.k8s.io/v1:Ingress")
def ingress(_item: Item, _use: Use) -> Iterator[Charge]:
    """An Ingress makes an application load balancer."""
    yield Charge("alb.hour", HOURS)


@meter("aws:route53/zone:Zone")
def zone(_item: Item, _use: Use) -> Iterator[Charge]:
    """Each hosted zone."""
    yield Charge("zone.month", 1)
