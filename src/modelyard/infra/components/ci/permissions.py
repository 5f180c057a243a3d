"""What CodeBuild itself needs: machines in a network, their log, and the connection to GitHub."""

from collections.abc import Sequence

import pulumi

from modelyard.infra.components.documents import Statement, allow

_LOOKS = (
    "DescribeNetworkInterfaces",
    "DescribeSubnets",
    "DescribeSecurityGroups",
    "DescribeVpcs",
    "DescribeDhcpOptions",
)


def in_a_network(region: str, account: str, subnet_ids: pulumi.Input[Sequence[str]]) -> list[Statement]:
    """Return the statements of CodeBuild's user guide for a project in a VPC, each as narrow as it can be."""
    ec2 = f"arn:aws:ec2:{region}:{account}"
    subnets = pulumi.Output.from_input(subnet_ids).apply(lambda ids: [f"{ec2}:subnet/{each}" for each in ids])
    attach = {
        "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"},
        "ArnEquals": {"ec2:Subnet": subnets},
    }
    here = {"StringEquals": {"aws:RequestedRegion": region}}
    interfaces = [f"{ec2}:{kind}/*" for kind in ("network-interface", "subnet", "security-group")]
    return [
        allow("Look", _LOOKS, ["*"], condition=here),  # have no resource
        allow("Interface", ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"], interfaces),
        allow("Attach", ["ec2:CreateNetworkInterfacePermission"], interfaces[:1], condition=attach),
    ]


def told_and_connected(log_arn: pulumi.Input[str], connection_arn: pulumi.Input[str]) -> list[Statement]:
    """Return the statements that write the log of the runs and read the repository's connection."""
    lines = [log_arn, pulumi.Output.concat(log_arn, ":*")]
    connection = ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"]
    return [
        allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], lines),
        allow("Connection", connection, [connection_arn]),
    ]
