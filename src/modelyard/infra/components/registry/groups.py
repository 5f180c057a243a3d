"""Who may talk to whom around the registry: clients to the front, the front to MLflow, MLflow to the database."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names

PORT = 5000
DATABASE_PORT = 15432  # not Postgres's own: scanners look for that one first


@dataclass(frozen=True, kw_only=True)
class GroupsArgs:
    """`door` is the front's port; `cidrs` are ranges that may use it besides the members of the group `client`."""

    project: str
    env: str
    vpc_id: pulumi.Input[str]
    door: int
    cidrs: Sequence[str] = ()


class Groups(pulumi.ComponentResource):
    """Produces the security groups `client`, `front`, `server` and `database`, and the rules between them."""

    def __init__(self, name: str, args: GroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:registry:Groups", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.client = self._group("client", "May call the registry")
        self.front = self._group("front", "Load balancer of the registry")
        self.server = self._group("server", "MLflow")
        self.database = self._group("database", "Database of the registry")
        self._between(self.client, self.front, args.door, "client-front")
        self._between(self.front, self.server, PORT, "front-server")
        self._between(self.server, self.database, DATABASE_PORT, "server-database")
        self._out(self.server, "server-https", 443, "0.0.0.0/0", "AWS, over TLS")
        for cidr in args.cidrs:
            self._ingress(f"{cidr.replace('/', '-')}", self.front, args.door, "A range named in platform.yaml", cidr)
        self.register_outputs({"client": self.client.id, "front": self.front.id})

    def _group(self, what: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{self._name}-{what}",
            name=names.physical(self._args.project, self._args.env, f"registry-{what}", 255),
            description=description,
            vpc_id=self._args.vpc_id,
            opts=self._child,
        )

    def _between(self, source: aws.ec2.SecurityGroup, target: aws.ec2.SecurityGroup, port: int, what: str) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-{what}",
            security_group_id=target.id,
            referenced_security_group_id=source.id,
            description=what.replace("-", " to "),
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-{what}",
            security_group_id=source.id,
            referenced_security_group_id=target.id,
            description=what.replace("-", " to "),
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._child,
        )

    def _ingress(self, what: str, group: aws.ec2.SecurityGroup, port: int, description: str, cidr: str) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-{what}",
            security_group_id=group.id,
            cidr_ipv4=cidr,
            description=description,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._child,
        )

    def _out(self, group: aws.ec2.SecurityGroup, what: str, port: int, cidr: str, description: str) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-{what}",
            security_group_id=group.id,
            cidr_ipv4=cidr,
            description=description,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._child,
        )
