"""One message when something essential is down, however many alarms see it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names


@dataclass(frozen=True, kw_only=True)
class OutageArgs:
    """Names of the alarms of which each one is an outage, and who is told."""

    project: str
    env: str
    alarms: Sequence[pulumi.Input[str]]
    tell: Sequence[pulumi.Input[str]] = ()

    def __post_init__(self) -> None:
        if not self.alarms:
            raise ValueError("An outage needs at least one alarm.")


class Outage(pulumi.ComponentResource):
    """Makes a `cloudwatch.CompositeAlarm`."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: OutageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:Outage", name, None, opts)
        rule = pulumi.Output.all(*args.alarms).apply(lambda found: " OR ".join(f'ALARM("{one}")' for one in found))
        composite = aws.cloudwatch.CompositeAlarm(
            name,
            alarm_name=names.physical(args.project, args.env, "outage", 255),
            alarm_description="Something essential is down; the alarms inside say what.",
            alarm_rule=rule,
            alarm_actions=list(args.tell),
            ok_actions=list(args.tell),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = composite.arn
        self.register_outputs({"arn": self.arn})
