"""The queue for events that GitHub did not take: without it they vanish."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import allow, document, only_tls

_FORTNIGHT = 14 * 86400


@dataclass(frozen=True, kw_only=True)
class DeadLettersArgs:
    """Whose queue; only rules of this account and region may put something in."""

    project: str
    env: str
    account: pulumi.Input[str]
    region: str


class DeadLetters(pulumi.ComponentResource):
    """Makes an `sqs.Queue` and its policy."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:DeadLetters", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        queue = aws.sqs.Queue(
            name,
            name=names.physical(args.project, args.env, "dead-letters", 80),
            sqs_managed_sse_enabled=True,
            message_retention_seconds=_FORTNIGHT,
            opts=mine,
        )
        rules = pulumi.Output.concat("arn:aws:events:", args.region, ":", args.account, ":rule/*")
        only = {"ArnLike": {"aws:SourceArn": rules}, "StringEquals": {"aws:SourceAccount": args.account}}
        service = {"Service": "events.amazonaws.com"}
        put = allow("Put", ["sqs:SendMessage"], [queue.arn], principal=service, condition=only)
        aws.sqs.QueuePolicy(
            name, queue_url=queue.url, policy=document([put, only_tls(["sqs:*"], [queue.arn])]), opts=mine
        )
        self.arn = queue.arn
        self.name = queue.name
        self.register_outputs({"arn": self.arn, "name": self.name})
