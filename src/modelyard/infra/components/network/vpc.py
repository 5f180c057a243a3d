"""A VPC with public, private and isolated subnets in two or three zones."""

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.network.layout import layout

# EKS puts no control plane there (EKS user guide, VPC and subnet requirements)
_WITHOUT_EKS = ("cac1-az3", "use1-az3", "usw1-az2")

# what the load balancer controller of EKS looks for
_TAGS = {
    "public": {"kubernetes.io/role/elb": "1"},
    "private": {"kubernetes.io/role/internal-elb": "1"},
    "isolated": {},
}


@dataclass(frozen=True, kw_only=True)
class VpcArgs:
    """`nat`: no way out, one gateway for all zones, or one in each (a zone's failure then stays there)."""

    name: str
    cidr: str
    zones: int
    nat: Literal["none", "single", "per_zone"]


class Vpc(pulumi.ComponentResource):
    """Produces a VPC, its subnets and route tables, an internet gateway, NAT gateways, an empty default group."""

    def __init__(self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:network:Vpc", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        # the account's own zones, in their order: a subnet never moves once it is there
        self._zones = aws.get_availability_zones_output(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            exclude_zone_ids=list(_WITHOUT_EKS),
        ).names
        self.vpc = self._vpc()
        subnets = layout(args.cidr, args.zones)
        self.public = self._subnets("public", subnets.public)
        self.private = self._subnets("private", subnets.private)
        self.isolated = self._subnets("isolated", subnets.isolated)
        self.id = self.vpc.id
        self.public_ids = [subnet.id for subnet in self.public]
        self.private_ids = [subnet.id for subnet in self.private]
        self.isolated_ids = [subnet.id for subnet in self.isolated]
        self.route_table_ids = self._routes()
        self.register_outputs(
            {"id": self.id, "public": self.public_ids, "private": self.private_ids, "isolated": self.isolated_ids}
        )

    def _vpc(self) -> aws.ec2.Vpc:
        vpc = aws.ec2.Vpc(
            self._name,
            cidr_block=self._args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": self._args.name},
            opts=self._child,
        )
        # no rules: what is started without a group of its own reaches nothing
        aws.ec2.DefaultSecurityGroup(self._name, vpc_id=vpc.id, ingress=[], egress=[], opts=self._child)
        return vpc

    def _subnets(self, kind: str, ranges: tuple[str, ...]) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                f"{self._name}-{kind}-{number}",
                vpc_id=self.vpc.id,
                cidr_block=cidr,
                availability_zone=self._zones.apply(lambda names, number=number: _zone(names, number)),
                map_public_ip_on_launch=False,
                tags={"Name": f"{self._args.name}-{kind}-{number}", "modelyard:subnet": kind, **_TAGS[kind]},
                # AWS may list a new zone first one day; the subnets stay where they are
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["availabilityZone"]),
            )
            for number, cidr in enumerate(ranges)
        ]

    def _routes(self) -> list[pulumi.Output[str]]:
        """Make the route tables: one public, one per zone for the private subnets, one without a way out."""
        gateway = aws.ec2.InternetGateway(
            self._name, vpc_id=self.vpc.id, tags={"Name": self._args.name}, opts=self._child
        )
        public = self._table("public")
        self._default_route("public", public, gateway_id=gateway.id)
        self._associate("public", [public] * len(self.public), self.public)
        isolated = self._table("isolated")
        self._associate("isolated", [isolated] * len(self.isolated), self.isolated)
        gateways = self._nat(gateway)
        tables = [self._table(f"private-{number}") for number in range(len(self.private))]
        for number, table in enumerate(tables if gateways else ()):
            self._default_route(f"private-{number}", table, nat_gateway_id=gateways[number % len(gateways)].id)
        self._associate("private", tables, self.private)
        return [public.id, isolated.id, *(table.id for table in tables)]

    def _nat(self, gateway: aws.ec2.InternetGateway) -> list[aws.ec2.NatGateway]:
        count = {"none": 0, "single": 1, "per_zone": self._args.zones}[self._args.nat]
        after = pulumi.ResourceOptions(parent=self, depends_on=[gateway])
        return [
            aws.ec2.NatGateway(
                f"{self._name}-{number}",
                subnet_id=self.public[number].id,
                allocation_id=aws.ec2.Eip(f"{self._name}-nat-{number}", domain="vpc", opts=after).allocation_id,
                tags={"Name": f"{self._args.name}-{number}"},
                opts=after,
            )
            for number in range(count)
        ]

    def _table(self, what: str) -> aws.ec2.RouteTable:
        tags = {"Name": f"{self._args.name}-{what}"}
        return aws.ec2.RouteTable(f"{self._name}-{what}", vpc_id=self.vpc.id, tags=tags, opts=self._child)

    def _default_route(self, what: str, table: aws.ec2.RouteTable, **target: pulumi.Output[str]) -> None:
        name = f"{self._name}-{what}"
        aws.ec2.Route(name, route_table_id=table.id, destination_cidr_block="0.0.0.0/0", **target, opts=self._child)

    def _associate(self, kind: str, tables: list[aws.ec2.RouteTable], subnets: list[aws.ec2.Subnet]) -> None:
        for number, (table, subnet) in enumerate(zip(tables, subnets, strict=True)):
            name = f"{self._name}-{kind}-{number}"
            aws.ec2.RouteTableAssociation(name, route_table_id=table.id, subnet_id=subnet.id, opts=self._child)


def _zone(names: list[str], number: int) -> str:
    if number >= len(names):
        raise ValueError(
            f"The account has only {len(names)} usable zones in this region: {', '.join(names)}. "
            "Set network.zones: 2 in platform.yaml, or take another region."
        )
    return names[number]
