"""Lets the pods of the cluster reach something else inside: one rule per port, from the cluster's security group."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class ReachArgs:
    """From which group to which, on which ports."""

    source: pulumi.Input[str]
    target: pulumi.Input[str]
    ports: Sequence[int]
    description: str


class Reach(pulumi.ComponentResource):
    """Makes a `vpc.SecurityGroupIngressRule` per port."""

    def __init__(self, name: str, args: ReachArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:Reach", name, None, opts)
        for port in args.ports:
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-{port}",
                security_group_id=args.target,
                referenced_security_group_id=args.source,
                description=args.description,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
