"""The group that workloads carry which may ask an internal service: membership, not an address, opens the door."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names


@dataclass(frozen=True, kw_only=True)
class CallersArgs:
    """Whose services are asked."""

    project: str
    env: str
    vpc_id: pulumi.Input[str]


class Callers(pulumi.ComponentResource):
    """Makes an `ec2.SecurityGroup` without rules."""

    group_id: pulumi.Output[str]

    def __init__(self, name: str, args: CallersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:serving:Callers", name, None, opts)
        group = aws.ec2.SecurityGroup(
            name,
            name=names.physical(args.project, args.env, "callers", 255),
            description="May ask the services for predictions",
            vpc_id=args.vpc_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.group_id = group.id
        self.register_outputs({"group_id": self.group_id})
