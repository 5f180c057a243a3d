"""A record of every connection in the VPC."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.documents import allow, document, trust


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """`group` is the log group's name, `key_arn` what encrypts it."""

    name: str
    account: str
    group: str
    vpc_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    retention_days: int


class FlowLogs(pulumi.ComponentResource):
    """Produces a log group, the role that may write to it, and the flow log."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:network:FlowLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.cloudwatch.LogGroup(
            name,
            name=args.group,
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            opts=child,
        )
        role = aws.iam.Role(
            name,
            name=args.name,
            assume_role_policy=trust("vpc-flow-logs.amazonaws.com", args.account),
            opts=child,
        )
        write = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        policy = document([allow("Write", write, [group.arn, pulumi.Output.concat(group.arn, ":*")])])
        aws.iam.RolePolicy(name, role=role.id, policy=policy, opts=child)
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=600,
            opts=child,
        )
        self.group_name = group.name
        self.register_outputs({"group_name": group.name})
