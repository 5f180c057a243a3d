"""Who may talk to a service, and whom it may talk to: one security group, joined to the load balancer's."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.project.task import PORT


@dataclass(frozen=True, kw_only=True)
class DoorsArgs:
    """The VPC, and the security group of the load balancer in front."""

    project: str
    env: str
    vpc_id: pulumi.Input[str]
    balancer_group_id: pulumi.Input[str]


class Doors(pulumi.ComponentResource):
    """Makes an `ec2.SecurityGroup`: asked by the load balancer only, out by TLS only."""

    group_id: pulumi.Output[str]

    def __init__(self, name: str, args: DoorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Doors", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            name,
            name=names.physical(args.project, args.env, "service", 255),
            description="Tasks of one service: asked by the load balancer only",
            vpc_id=args.vpc_id,
            opts=mine,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-asked",
            security_group_id=group.id,
            referenced_security_group_id=args.balancer_group_id,
            description="From the load balancer",
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            opts=mine,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-asks",
            security_group_id=args.balancer_group_id,
            referenced_security_group_id=group.id,
            description=f"To the tasks of {args.project}",
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            opts=mine,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-out",
            security_group_id=group.id,
            description="S3, ECR, logs and secrets, over TLS",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=mine,
        )
        self.group_id = group.id
        self.register_outputs({"group_id": self.group_id})
