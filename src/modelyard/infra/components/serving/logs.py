"""A log group that is encrypted with our key and forgets after a while."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class LogsArgs:
    """Which group, whose key (its policy must allow CloudWatch Logs), and how long lines are kept."""

    group_name: str
    key_arn: pulumi.Input[str]
    days: pulumi.Input[int]
    keep: bool = False  # in prod the lines outlive the service


class Logs(pulumi.ComponentResource):
    """Makes a `cloudwatch.LogGroup`."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: LogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:serving:Logs", name, None, opts)
        group = aws.cloudwatch.LogGroup(
            name,
            name=args.group_name,
            kms_key_id=args.key_arn,
            retention_in_days=args.days,
            skip_destroy=args.keep,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = group.arn
        self.name = group.name
        self.register_outputs({"arn": self.arn, "name": self.name})
