"""From an alarm to a retraining: EventBridge asks GitHub for a `repository_dispatch`; what fails is kept in a queue."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.documents import allow
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

EVENT = "modelyard-retrain"


@dataclass(frozen=True, kw_only=True)
class RetrainingArgs:
    """Which alarms ask which repository, over whose connection.

    Attributes:
        repository: `OWNER/NAME` on GitHub.
        alarms: Names of the alarms that ask.
        connection_arn: Holds the token.
        dead_letters_arn: Queue for what GitHub did not take.
    """

    project: str
    env: str
    account: pulumi.Input[str]
    repository: str
    alarms: Sequence[pulumi.Input[str]]
    connection_arn: pulumi.Input[str]
    dead_letters_arn: pulumi.Input[str]


class Retraining(pulumi.ComponentResource):
    """Makes an API destination, a role that may call only it, a rule on the alarms, and its target."""

    rule_arn: pulumi.Output[str]

    def __init__(self, name: str, args: RetrainingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Retraining", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        called = names.physical(args.project, args.env, "retrain", 64)
        destination = aws.cloudwatch.EventApiDestination(
            name,
            name=called,
            connection_arn=args.connection_arn,
            invocation_endpoint=f"https://api.github.com/repos/{args.repository}/dispatches",
            http_method="POST",
            invocation_rate_limit_per_second=1,
            opts=mine,
        )
        calls = allow("Call", ["events:InvokeApiDestination"], [destination.arn])
        role_args = ServiceRoleArgs(
            role_name=called, service="events.amazonaws.com", statements=[calls], account=args.account
        )
        role = ServiceRole(f"{name}-role", role_args, mine)
        rule = aws.cloudwatch.EventRule(
            name,
            name=called,
            description="A model alarm asks for a retraining",
            event_pattern=_pattern(args.alarms),
            state="ENABLED",
            opts=mine,
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            target_id="github",
            arn=destination.arn,
            role_arn=role.arn,
            input_transformer=_body(args.env),
            # GitHub's time-outs are 5 seconds: a few tries within an hour, then the queue, whose alarm tells somebody
            retry_policy={"maximum_retry_attempts": 5, "maximum_event_age_in_seconds": 3600},
            dead_letter_config={"arn": args.dead_letters_arn},
            opts=mine,
        )
        self.rule_arn = rule.arn
        self.register_outputs({"rule_arn": self.rule_arn})


def _pattern(alarms: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
    detail = {
        "alarmName": list(alarms),
        "state": {"value": ["ALARM"]},
        "previousState": {"value": ["OK", "INSUFFICIENT_DATA"]},
    }
    source = {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]}
    return pulumi.Output.json_dumps({**source, "detail": detail})


def _body(env: str) -> aws.cloudwatch.EventTargetInputTransformerArgsDict:
    """Return the request's body; GitHub takes `event_type` and `client_payload` and answers 422 to anything else."""
    paths = {"window": "$.detail.state.timestamp", "reason": "$.detail.alarmName"}
    payload = {"env": env, "window": "<window>", "reason": "<reason>"}
    return {"input_paths": paths, "input_template": json.dumps({"event_type": EVENT, "client_payload": payload})}
