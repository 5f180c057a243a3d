"""Ways to AWS's services that do not leave the VPC."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """`services` get an interface endpoint in each private subnet; S3 and DynamoDB always get a (free) gateway."""

    name: str
    region: str
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_ids: Sequence[pulumi.Input[str]]
    services: Sequence[str] = ()


class Endpoints(pulumi.ComponentResource):
    """Produces gateway endpoints, interface endpoints, and the group that lets the VPC use them."""

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:network:Endpoints", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        for service in ("s3", "dynamodb"):
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=list(args.route_table_ids),
                tags={"Name": f"{args.name}-{service}"},
                opts=self._child,
            )
        group = self._group() if args.services else None
        for service in args.services if group else ():
            self._interface(service, group)
        self.security_group_id = group.id if group else None
        self.register_outputs({"security_group_id": self.security_group_id})

    def _group(self) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            self._name,
            name=f"{self._args.name}-endpoints",
            description="HTTPS from the VPC to the endpoints of AWS services",
            vpc_id=self._args.vpc_id,
            tags={"Name": f"{self._args.name}-endpoints"},
            opts=self._child,
        )
        aws.vpc.SecurityGroupIngressRule(
            self._name,
            security_group_id=group.id,
            description="HTTPS from inside",
            cidr_ipv4=self._args.vpc_cidr,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self._child,
        )
        return group

    def _interface(self, service: str, group: aws.ec2.SecurityGroup | None) -> None:
        aws.ec2.VpcEndpoint(
            f"{self._name}-{service.replace('.', '-')}",
            vpc_id=self._args.vpc_id,
            service_name=f"com.amazonaws.{self._args.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=list(self._args.subnet_ids),
            security_group_ids=[group.id] if group else [],
            tags={"Name": f"{self._args.name}-{service}"},
            opts=self._child,
        )
