"""The topic that all alarms of an environment are published to, and the people and the channel that read it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import allow, document, only_tls
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

PUBLISHERS = (
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    "budgets.amazonaws.com",
    "events.rds.amazonaws.com",
)


@dataclass(frozen=True, kw_only=True)
class TopicArgs:
    """Key, and who is told.

    Attributes:
        key_arn: Its policy must let `PUBLISHERS` encrypt.
        slack: Team and channel id; the workspace is authorised once, by hand, in the console.
    """

    project: str
    env: str
    account: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    emails: Sequence[str] = ()
    slack: tuple[str, str] | None = None


class Topic(pulumi.ComponentResource):
    """Makes an `sns.Topic`, its policy, a subscription per address, and a chat channel with read-only rights."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:Topic", name, None, opts)
        self._name, self._args = name, args
        self._mine = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            name,
            name=names.physical(args.project, args.env, "alarms", 256),
            kms_master_key_id=args.key_arn,
            signature_version=2,
            opts=self._mine,
        )
        policy = aws.sns.TopicPolicy(name, arn=topic.arn, policy=_policy(topic.arn, args.account), opts=self._mine)
        for email in args.emails:
            aws.sns.TopicSubscription(
                f"{name}-{email}", topic=topic.arn, protocol="email", endpoint=email, opts=self._mine
            )
        if args.slack is not None:
            self._channel(topic.arn, *args.slack)
        self.arn = policy.arn  # who publishes is tried at once by RDS and Budgets: not before the policy is there
        self.register_outputs({"arn": self.arn})

    def _channel(self, topic_arn: pulumi.Output[str], team: str, channel: str) -> None:
        called = names.physical(self._args.project, self._args.env, "chat", 64)
        read = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"  # shows the graph beside the message
        role_args = ServiceRoleArgs(role_name=called, service="chatbot.amazonaws.com", managed={"reads": read})
        role = ServiceRole(f"{self._name}-chat", role_args, self._mine)
        aws.chatbot.SlackChannelConfiguration(
            f"{self._name}-chat",
            configuration_name=called,
            iam_role_arn=role.arn,
            slack_team_id=team,
            slack_channel_id=channel,
            sns_topic_arns=[topic_arn],
            guardrail_policy_arns=[read],
            logging_level="ERROR",
            opts=self._mine,
        )


def _policy(topic: pulumi.Output[str], account: pulumi.Input[str]) -> pulumi.Output[str]:
    mine = {"StringEquals": {"aws:SourceAccount": account}}
    services = {"Service": list(PUBLISHERS)}
    publish = allow("Publish", ["sns:Publish"], [topic], principal=services, condition=mine)
    return document([publish, only_tls(["sns:Publish"], [topic])])
